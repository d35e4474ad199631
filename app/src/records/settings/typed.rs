//! One form among several on a page: what was typed into it, why it was refused, and its fields.
//!
//! Names and ids of fields are made here, so that a reason always stands beside the field that it is
//! about, and two forms on one page never share an id.

use crate::parts::icon::{Icon, icon};
use crate::parts::text_area::WrittenTextArea;
use leptos::prelude::*;
use std::collections::HashMap;

/// A form that was refused, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct RefusedForm {
    /// What it does.
    pub act: String,
    /// To what.
    pub of: String,
    /// Every field, by its name.
    pub fields: HashMap<String, String>,
    /// Why fields were refused, by their names.
    pub errors: Vec<(String, String)>,
    /// What else there is to say.
    pub notice: Option<String>,
}

impl RefusedForm {
    /// What a person typed, without what the page itself put in.
    pub(super) fn typed(&self) -> impl Iterator<Item = &str> {
        let fields = self.fields.iter();
        let typed = fields.filter(|(name, text)| {
            !text.trim().is_empty() && !matches!(name.as_str(), "do" | "of") && !name.contains(':')
        });
        typed.map(|(_, text)| text.as_str())
    }
}

/// A form as it is drawn.
pub(super) struct Typed<'a> {
    act: &'static str,
    of: String,
    refused: Option<&'a RefusedForm>,
}

/// What a field of one line says beside its value.
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) help: Option<&'static str>,
    pub(super) most: u16,
}

impl<'a> Typed<'a> {
    pub(super) fn of(refused: Option<&'a RefusedForm>, act: &'static str, of: &str) -> Self {
        Self {
            act,
            of: of.to_owned(),
            refused: refused.filter(|form| form.act == act && form.of == of),
        }
    }

    pub(super) fn act(&self) -> &'static str {
        self.act
    }

    pub(super) fn target(&self) -> &str {
        &self.of
    }

    pub(super) fn is_refused(&self) -> bool {
        self.refused.is_some()
    }

    /// The value of a field: as it was typed, or as it is.
    pub(super) fn value(&self, name: &str, now: &str) -> String {
        let typed = self.refused.and_then(|form| form.fields.get(name));
        typed.map_or(now, String::as_str).to_owned()
    }

    fn why(&self, name: &str) -> Option<String> {
        let errors = self.refused.map(|form| form.errors.iter());
        let mut found = errors.into_iter().flatten().filter(|(of, _)| of == name);
        found.next().map(|(_, why)| why.clone())
    }

    /// Ids are made of letters and digits; what a form is about may be anything.
    pub(super) fn form_id(&self) -> String {
        let of: String = self.of.bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("{}-{of}", self.act)
    }

    pub(super) fn id(&self, name: &str) -> String {
        format!("{}-{name}", self.form_id())
    }

    fn problem_id(&self, name: &str) -> String {
        format!("{}-problem", self.id(name))
    }

    /// The ids of what describes a field.
    pub(super) fn described_by(&self, name: &str, has_help: bool) -> Option<String> {
        let help = has_help.then(|| self.help_id(name));
        let problem = self.why(name).map(|_| self.problem_id(name));
        let both: Vec<_> = help.into_iter().chain(problem).collect();
        (!both.is_empty()).then(|| both.join(" "))
    }

    pub(super) fn help_id(&self, name: &str) -> String {
        format!("{}-help", self.id(name))
    }

    pub(super) fn is_wrong(&self, name: &str) -> Option<&'static str> {
        self.why(name).map(|_| "true")
    }

    /// Why a field was refused, to stand beside it.
    pub(super) fn problem(&self, name: &str) -> impl IntoView + use<> {
        let id = self.problem_id(name);
        self.why(name).map(|why| {
            view! {
                <p class="problem" id=id>
                    {icon(Icon::Alert)}
                    <span dir="auto">{why}</span>
                </p>
            }
        })
    }

    /// What is said on top of the form; focus lands there.
    pub(super) fn notice(&self) -> impl IntoView + use<> {
        let words = self
            .refused
            .map(|form| match (&form.notice, form.errors.len()) {
                (Some(notice), _) => notice.clone(),
                (None, 0 | 1) => "One thing needs your attention. Nothing was saved.".to_owned(),
                (None, n) => format!("{n} things need your attention. Nothing was saved."),
            });
        words.map(|words| {
            view! {
                <p class="trouble" role="alert" tabindex="-1" autofocus>
                    {icon(Icon::Alert)}
                    <span dir="auto">{words}</span>
                </p>
            }
        })
    }

    /// A field of one line.
    pub(super) fn line(&self, line: &Line, now: &str) -> AnyView {
        let name = line.name;
        let help_id = self.help_id(name);
        let help = line
            .help
            .map(|words| view! { <p class="help" id=help_id>{words}</p> });
        view! {
            <div class="field">
                <label for=self.id(name)>{line.label}</label>
                {help}
                {self.problem(name)}
                <input
                    class="input"
                    id=self.id(name)
                    name=name
                    type="text"
                    dir="auto"
                    autocomplete="off"
                    maxlength=line.most.to_string()
                    value=self.value(name, now)
                    aria-describedby=self.described_by(name, line.help.is_some())
                    aria-invalid=self.is_wrong(name)
                />
            </div>
        }
        .into_any()
    }

    /// A field of several lines.
    pub(super) fn paragraph(&self, line: &Line, now: &str) -> AnyView {
        let name = line.name;
        view! {
            <div class="field">
                <label for=self.id(name)>{line.label}</label>
                {self.problem(name)}
                <WrittenTextArea
                    id=self.id(name)
                    name=name
                    rows="4"
                    text=self.value(name, now)
                    refused=self.is_wrong(name).is_some()
                    takes_focus=false
                    described_by=self.described_by(name, false)
                    is_draft=false
                />
            </div>
        }
        .into_any()
    }

    /// A list to choose from: what is sent and what is read.
    pub(super) fn choice(&self, line: &Line, now: &str, choices: Vec<(String, String)>) -> AnyView {
        let name = line.name;
        let value = self.value(name, now);
        let options = choices
            .into_iter()
            .map(|(key, words)| {
                let is_it = key == value;
                view! { <option value=key selected=is_it>{words}</option> }
            })
            .collect_view();
        view! {
            <div class="field">
                <label for=self.id(name)>{line.label}</label>
                {self.problem(name)}
                <select
                    class="input"
                    id=self.id(name)
                    name=name
                    aria-describedby=self.described_by(name, false)
                    aria-invalid=self.is_wrong(name)
                >
                    {options}
                </select>
            </div>
        }
        .into_any()
    }
}
