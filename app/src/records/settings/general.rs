//! A guild's options, each with its words, its bounds and its value; and whether new tickets are
//! taken.

use super::Forms;
use super::typed::{Line, Typed};
use crate::parts::icon::{Icon, icon};
use desk::bridge::{RemoteChannel, RemoteRole};
use desk::options::{MAINTENANCE, Options, Setting, Shape};
use leptos::prelude::*;
use std::sync::Arc;

/// The options, and what can be chosen for them.
#[derive(Clone, Debug)]
pub struct Choices {
    /// Every option as it is now.
    pub options: Arc<Options>,
    /// The guild's channels; none, when Discord could not be asked.
    pub channels: Option<Vec<RemoteChannel>>,
    /// The guild's roles.
    pub roles: Vec<RemoteRole>,
}

/// What stands before the name of a setting in the field that says what it was when the page was
/// drawn: only what was changed here is saved.
const WAS: &str = "was:";

pub(super) fn general(desk: &Forms<'_>, choices: &Choices) -> AnyView {
    let typed = desk.typed("save", "");
    let rows = Setting::ALL
        .into_iter()
        .map(|setting| row(&typed, choices, setting))
        .collect_view();
    let fields = view! {
        <div class="settings">{rows}</div>
        <div class="setting-end">
            <button type="submit" class="button button-main">
                "Save"
            </button>
        </div>
    };
    view! {
        {new_tickets(desk, choices)}
        <section aria-labelledby="options">
            <h2 id="options">"Options"</h2>
            {desk.form(&typed, "setting-form", fields)}
        </section>
    }
    .into_any()
}

fn new_tickets(desk: &Forms<'_>, choices: &Choices) -> impl IntoView + use<> {
    let paused = choices.options.value(Setting::Maintenance);
    let typed = desk.typed("pause", "");
    let line = Line {
        name: "message",
        label: "What people are told",
        help: None,
        most: 300,
    };
    let is_paused = paused.is_some();
    let words = paused.as_deref().unwrap_or(MAINTENANCE);
    let fields = view! {
        {typed.line(&line, words)}
        <div class="setting-end">
            <button type="submit" class="button">
                {if is_paused { "Change the words" } else { "Pause new tickets" }}
            </button>
        </div>
    };
    let state = if is_paused {
        "New tickets are paused, on the web and in Discord. Open tickets go on."
    } else {
        "New tickets are taken, on the web and in Discord."
    };
    let resume = is_paused.then(|| {
        let typed = desk.typed("resume", "");
        let button = view! {
            <button type="submit" class="button button-main">
                "Take new tickets again"
            </button>
        };
        desk.form(&typed, "setting-form", button)
    });
    view! {
        <section aria-labelledby="new-tickets">
            <h2 id="new-tickets">"New tickets"</h2>
            <p>{state}</p>
            {resume}
            {desk.form(&typed, "setting-form", fields)}
        </section>
    }
}

fn row(typed: &Typed<'_>, choices: &Choices, setting: Setting) -> AnyView {
    let key = setting.key();
    let now = choices.options.value(setting).unwrap_or_default();
    let id = typed.id(key);
    let label = view! {
        <label class="setting-name" for=id.clone()>
            {setting.about()}
        </label>
        <code class="setting-key">{key}</code>
    };
    if choices.options.is_given(setting) {
        let variable = setting.variable().unwrap_or_default();
        return view! {
            <div class="setting">
                {label}
                <p class="help" id=typed.help_id(key)>
                    {icon(Icon::Lock)}
                    " Decided by "
                    <code>{variable}</code>
                    " where Threadline runs; change it there."
                </p>
                <input
                    class="input"
                    id=id
                    type="text"
                    readonly
                    value=shown(choices, setting, &now)
                    aria-describedby=typed.help_id(key)
                />
            </div>
        }
        .into_any();
    }
    // What the page was drawn with comes back with it, and stays so when the page is drawn again.
    let was_name = format!("{WAS}{key}");
    let was = typed.value(&was_name, &now);
    let value = typed.value(key, &now);
    view! {
        <div class="setting field">
            {label}
            <p class="help" id=typed.help_id(key)>
                {help(choices, setting)}
            </p>
            {typed.problem(key)}
            <input type="hidden" name=was_name value=was/>
            {control(typed, choices, setting, value)}
        </div>
    }
    .into_any()
}

fn control(typed: &Typed<'_>, choices: &Choices, setting: Setting, value: String) -> AnyView {
    let key = setting.key();
    let wrong = typed.is_wrong(key);
    match listed(choices, setting) {
        Some(mut listed) => {
            if !listed.iter().any(|(id, _)| *id == value) {
                // What is set may be out of the bot's sight.
                listed.push((value.clone(), format!("the one with the id {value}")));
            }
            let options = listed
                .into_iter()
                .map(|(id, words)| {
                    let is_it = id == value;
                    view! { <option value=id selected=is_it>{words}</option> }
                })
                .collect_view();
            view! {
                <select
                    class="input"
                    id=typed.id(key)
                    name=key
                    aria-describedby=typed.described_by(key, true)
                    aria-invalid=wrong
                >
                    {options}
                </select>
            }
            .into_any()
        }
        None => {
            let is_number = matches!(setting.shape(), Shape::Number { .. });
            view! {
                <input
                    class="input"
                    id=typed.id(key)
                    name=key
                    type="text"
                    dir="auto"
                    autocomplete="off"
                    inputmode=is_number.then_some("numeric")
                    value=value
                    aria-describedby=typed.described_by(key, true)
                    aria-invalid=wrong
                />
            }
            .into_any()
        }
    }
}

/// What a setting can be, where that is a list.
fn listed(choices: &Choices, setting: Setting) -> Option<Vec<(String, String)>> {
    let none = || (String::new(), "Not set".to_owned());
    Some(match setting.shape() {
        Shape::Choice(all) => {
            let pair = |(key, about): &(&str, &str)| ((*key).to_owned(), format!("{key}: {about}"));
            all.iter().map(pair).collect()
        }
        Shape::Channel => {
            let all = choices.channels.as_ref()?.iter();
            let named = all.map(|channel| (channel.id.to_string(), channel_name(channel)));
            std::iter::once(none()).chain(named).collect()
        }
        Shape::Role => {
            let all = choices.roles.iter();
            let named = all.map(|role| (role.id.to_string(), format!("@{}", role.name)));
            std::iter::once(none()).chain(named).collect()
        }
        Shape::Number { .. } | Shape::Text { .. } | Shape::Hours | Shape::Zone => return None,
    })
}

fn channel_name(channel: &RemoteChannel) -> String {
    match channel.is_forum {
        true => format!("#{} (forum)", channel.name),
        false => format!("#{}", channel.name),
    }
}

/// A value as it is read.
fn shown(choices: &Choices, setting: Setting, value: &str) -> String {
    let listed = listed(choices, setting).unwrap_or_default();
    let named = listed.into_iter().find(|(id, _)| id == value);
    named.map_or_else(|| value.to_owned(), |(_, words)| words)
}

/// What a value must be, and what holds while there is none.
fn help(choices: &Choices, setting: Setting) -> String {
    let bounds = match setting.shape() {
        Shape::Number { min, max } => format!("A whole number from {min} to {max}."),
        Shape::Text { max, .. } => format!("At most {max} characters on one line."),
        Shape::Hours => "As in Mo-Fr 09:00-17:00.".to_owned(),
        Shape::Zone => "A name such as Europe/Berlin.".to_owned(),
        Shape::Channel if choices.channels.is_none() => {
            "The channel's id; Discord cannot be asked for a list right now.".to_owned()
        }
        Shape::Channel | Shape::Role | Shape::Choice(_) => String::new(),
    };
    let usual = match setting.usual() {
        Some(usual) => format!("Left empty: {}", shown(choices, setting, usual)),
        None => "Left empty: not set.".to_owned(),
    };
    let is_list = matches!(setting.shape(), Shape::Choice(_) | Shape::Role)
        || (setting.shape() == Shape::Channel && choices.channels.is_some());
    match (is_list, setting.usual()) {
        (true, Some(usual)) => format!("Usually {}.", shown(choices, setting, usual)),
        (true, None) => String::new(),
        (false, _) => format!("{bounds} {usual}"),
    }
}
