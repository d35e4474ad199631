//! The form for a new ticket. It works without a script, and loses nothing that was typed.

use super::document::{Frame, Head, Live, Reach, document};
use super::fields::{
    NewTicketForm, described_by, hours, problem, refusal, refusal_id, request_key, summary,
};
use crate::parts::files::{file_input, limits};
use crate::parts::icon::{Icon, icon};
use crate::parts::text_area::WrittenTextArea;
use domain::Field;
use domain::view::CategoryView;
use leptos::prelude::*;

/// Renders a guild's form, which is sent to its `action`.
pub fn new_ticket(f: &Frame, categories: &[CategoryView], form: &NewTicketForm) -> String {
    let refused = !form.errors.is_empty() || form.notice.is_some();
    let head = Head {
        title: Some(
            if refused {
                "Not sent yet · New ticket"
            } else {
                "New ticket"
            }
            .to_owned(),
        ),
        live: Live::No,
        reach: Reach::Public,
        class: "page-new",
    };
    document(f, head, || {
        view! {
            <div class="page-head">
                <h1>"New ticket"</h1>
                <p class="lead">"Tell us what happened. The more we know, the quicker we can help."</p>
                {hours(form.hours.as_ref())}
            </div>
            {summary(&form.errors, form.notice.as_deref())}
            <form
                class="sheet"
                method="post"
                action=form.action.clone()
                enctype="multipart/form-data"
                novalidate
                data-guard=""
            >
                {request_key(&form.request_key)}
                {category_field(categories, form)}
                {line_field(
                    Field::Email,
                    "Your e-mail address",
                    "Only we see it.",
                    &form.email,
                    form,
                )}
                {line_field(
                    Field::Subject,
                    "Subject",
                    "In a few words, what is it about?",
                    &form.subject,
                    form,
                )}
                {body_field(form)}
                {files_field(form)}
                <div class="sheet-end">
                    <button class="button button-main button-large" type="submit">
                        {icon(Icon::Send)}
                        <span>"Send ticket"</span>
                    </button>
                    <p class="help">"You get a private link to follow the answer."</p>
                </div>
            </form>
        }
    })
}

fn category_field(categories: &[CategoryView], form: &NewTicketForm) -> impl IntoView + use<> {
    let why = refusal(&form.errors, Field::Category);
    let refused = why.is_some();
    let cards = categories
        .iter()
        .enumerate()
        .map(|(place, category)| {
            // The first card carries the field's own name, for links that lead to the field.
            let id = match place {
                0 => Field::Category.name().to_owned(),
                _ => format!("category-{place}"),
            };
            let help_id = format!("category-help-{place}");
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name=Field::Category.name()
                        id=id
                        value=category.key.clone()
                        checked=category.key == form.category
                        aria-describedby=help_id.clone()
                    />
                    <span class="choice-mark" aria-hidden="true"></span>
                    <span class="choice-name" dir="auto">{category.name.clone()}</span>
                    <span class="choice-help" dir="auto" id=help_id>{category.help.clone()}</span>
                </label>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <fieldset
            class="field"
            role="radiogroup"
            aria-describedby=refused.then(|| refusal_id(Field::Category))
            aria-invalid=refused.then_some("true")
        >
            <legend>"What is it about?"</legend>
            {problem(Field::Category, why)}
            <div class="choices">{cards}</div>
        </fieldset>
    }
}

fn line_field(
    field: Field,
    label: &'static str,
    help: &'static str,
    value: &str,
    form: &NewTicketForm,
) -> impl IntoView + use<> {
    let why = refusal(&form.errors, field);
    let refused = why.is_some();
    let help_id = format!("{}-help", field.name());
    let is_email = field == Field::Email;
    view! {
        <div class="field">
            <label for=field.name()>{label}</label>
            <p class="help" id=help_id.clone()>{help}</p>
            {problem(field, why)}
            <input
                class="input"
                id=field.name()
                name=field.name()
                type=if is_email { "email" } else { "text" }
                autocomplete=if is_email { "email" } else { "off" }
                dir="auto"
                value=value.to_owned()
                data-draft=""
                aria-describedby=described_by(Some(&help_id), field, refused)
                aria-invalid=refused.then_some("true")
            />
        </div>
    }
}

fn body_field(form: &NewTicketForm) -> impl IntoView + use<> {
    let why = refusal(&form.errors, Field::Body);
    let refused = why.is_some();
    view! {
        <div class="field">
            <label for="body">"Message"</label>
            <p class="help" id="body-help">"What did you do, what did you expect, what happened instead?"</p>
            {problem(Field::Body, why)}
            <WrittenTextArea
                id="body"
                name="body"
                rows="7"
                text=form.body.clone()
                refused=refused
                takes_focus=false
                described_by=described_by(Some("body-help"), Field::Body, refused)
            />
        </div>
    }
}

fn files_field(form: &NewTicketForm) -> impl IntoView + use<> {
    let why = refusal(&form.errors, Field::Files);
    let refused = why.is_some();
    view! {
        <div class="field">
            <label for="files">"Files " <span class="optional">"optional"</span></label>
            <p class="help-line">{limits(form.limits)}</p>
            {problem(Field::Files, why)}
            {file_input(form.limits, refused)}
        </div>
    }
}
