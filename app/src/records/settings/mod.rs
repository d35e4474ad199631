//! What the admins of a guild decide, as forms that need no script, in five sections.
//!
//! A form that was refused comes back with every word typed and the reasons beside its fields. Who
//! may see the page, and what is refused, is decided elsewhere.

mod address;
mod categories;
mod general;
mod people;
mod replies;
mod typed;

pub use address::Address;
pub use categories::CategoryPart;
pub use general::Choices;
pub use people::People;
pub use typed::RefusedForm;

use super::frame::{Here, document};
use crate::parts::icon::{Icon, icon};
use crate::public::Frame;
use domain::view::{InboxView, QuickReply};
use leptos::prelude::*;
use std::cell::Cell;
use typed::Typed;

/// A section of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Options, and whether new tickets are taken.
    General,
    /// What tickets are about, and what each category asks.
    Categories,
    /// Answers that are sent often.
    Replies,
    /// Who is staff.
    People,
    /// Where the guild is found on the web.
    Address,
}

impl Section {
    /// All of them, in their order.
    pub const ALL: [Self; 5] = [
        Self::General,
        Self::Categories,
        Self::Replies,
        Self::People,
        Self::Address,
    ];

    /// Its address.
    pub fn path(self) -> &'static str {
        match self {
            Self::General => "/staff/settings",
            Self::Categories => "/staff/settings/categories",
            Self::Replies => "/staff/settings/replies",
            Self::People => "/staff/settings/people",
            Self::Address => "/staff/settings/address",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::General => "General",
            Self::Categories => "Categories and forms",
            Self::Replies => "Quick replies",
            Self::People => "Staff",
            Self::Address => "Web address",
        }
    }
}

/// What a section shows.
#[derive(Clone, Debug)]
pub enum Part {
    /// See [`Section::General`].
    General(Choices),
    /// See [`Section::Categories`].
    Categories(Vec<CategoryPart>),
    /// See [`Section::Replies`].
    Replies(Vec<QuickReply>),
    /// See [`Section::People`].
    People(People),
    /// See [`Section::Address`].
    Address(Address),
}

impl Part {
    fn section(&self) -> Section {
        match self {
            Self::General(_) => Section::General,
            Self::Categories(_) => Section::Categories,
            Self::Replies(_) => Section::Replies,
            Self::People(_) => Section::People,
            Self::Address(_) => Section::Address,
        }
    }
}

/// Everything that the page shows.
#[derive(Clone, Debug)]
pub struct SettingsPage {
    /// Who looks, and the rail's counts.
    pub inbox: InboxView,
    /// What the last change did.
    pub said: Option<String>,
    /// The form that was refused, if one was.
    pub refused: Option<RefusedForm>,
    /// The section.
    pub part: Part,
}

/// Renders a section of `/staff/settings`.
pub fn settings(f: &Frame, page: &SettingsPage) -> String {
    let section = page.part.section();
    let desk = Forms {
        section,
        guild: page.inbox.guild.slug.as_deref(),
        refused: page.refused.as_ref(),
        is_drawn: Cell::new(false),
    };
    document(f, &page.inbox, Here::Settings, || {
        let body = match &page.part {
            Part::General(choices) => general::general(&desk, choices),
            Part::Categories(all) => categories::categories(&desk, all),
            Part::Replies(all) => replies::replies(&desk, all),
            Part::People(people) => people::people(&desk, people),
            Part::Address(address) => address::address(&desk, address),
        };
        view! {
            {sections(section)}
            {page.said.clone().map(said)}
            {desk.left_over()}
            {body}
        }
    })
}

/// Renders what staff read who do not manage the guild.
pub fn no_admin(f: &Frame, inbox: &InboxView) -> String {
    document(f, inbox, Here::Settings, || {
        view! {
            <div class="empty">
                {icon(Icon::Lock)} <p>
                    <strong>"These settings are for those who manage the server."</strong>
                </p>
                <p>
                    "In Discord, that is whoever has the permission Manage Server or Administrator. \
                     Ask one of them, or have them give it to you."
                </p>
                <p>
                    <a href="/staff">"Back to the tickets"</a>
                </p>
            </div>
        }
    })
}

fn sections(here: Section) -> impl IntoView {
    let links = Section::ALL
        .into_iter()
        .map(|section| {
            view! {
                <li>
                    <a href=section.path() aria-current=(section == here).then_some("page")>
                        {section.words()}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav class="sections" aria-label="Sections of the settings">
            <ul>{links}</ul>
        </nav>
    }
}

fn said(words: String) -> impl IntoView {
    view! {
        <p class="said" role="status">
            {icon(Icon::Done)}
            <span dir="auto">{words}</span>
        </p>
    }
}

/// What the forms of a section have in common.
struct Forms<'a> {
    section: Section,
    /// Whose page it is: another tab may show another guild's by the time a form is sent.
    guild: Option<&'a str>,
    refused: Option<&'a RefusedForm>,
    /// Whether the refused form is on the page: what it was about may be gone.
    is_drawn: Cell<bool>,
}

impl<'a> Forms<'a> {
    /// Where a form of this section is sent.
    fn action(&self) -> String {
        let path = self.section.path();
        match self.guild {
            Some(slug) => format!("{path}?guild={slug}"),
            None => path.to_owned(),
        }
    }

    /// What was typed into the form that does `act` to `of`, if it was refused.
    fn typed(&self, act: &'static str, of: &str) -> Typed<'a> {
        let typed = Typed::of(self.refused, act, of);
        if typed.is_refused() {
            self.is_drawn.set(true);
        }
        typed
    }

    /// What was typed into a form that is not on the page any more.
    fn left_over(&self) -> Option<AnyView> {
        let form = self.refused.filter(|_| !self.is_drawn.get())?;
        let why = form.errors.iter().map(|(_, why)| why.as_str());
        let why: Vec<_> = form.notice.as_deref().into_iter().chain(why).collect();
        let mut texts: Vec<_> = form.typed().collect();
        texts.sort();
        let texts = texts
            .into_iter()
            .map(|text| view! { <blockquote dir="auto">{text.to_owned()}</blockquote> })
            .collect_view();
        Some(
            view! {
                <div class="trouble" role="alert" tabindex="-1" autofocus>
                    {icon(Icon::Alert)}
                    <span dir="auto">{why.join(" ")}</span>
                </div>
                {texts}
            }
            .into_any(),
        )
    }

    /// A form around `fields`, which does `act` to `of`.
    fn form<V: IntoView + 'static>(
        &self,
        typed: &Typed<'_>,
        class: &'static str,
        fields: V,
    ) -> AnyView {
        let of = (!typed.target().is_empty())
            .then(|| view! { <input type="hidden" name="of" value=typed.target().to_owned()/> });
        view! {
            <form
                method="post"
                action=self.action()
                class=class
                id=typed.form_id()
                novalidate
            >
                <input type="hidden" name="do" value=typed.act()/>
                {of}
                {typed.notice()}
                {fields}
            </form>
        }
        .into_any()
    }

    /// A form that is one button.
    fn button(&self, act: &'static str, of: &str, words: &'static str, what: &str) -> AnyView {
        let typed = self.typed(act, of);
        let what = format!(" {}", what.trim());
        let button = view! {
            <button type="submit" class="button button-small button-quiet">
                {words}
                <span class="sr-only">{what}</span>
            </button>
        };
        self.form(&typed, "setting-button", button)
    }
}
