//! Who is staff: by the staff role, by other roles, by name.

use super::Forms;
use super::typed::Line;
use desk::Staffing;
use desk::bridge::RemoteRole;
use domain::RoleId;
use leptos::prelude::*;

/// Who is staff, and the roles that there are.
#[derive(Clone, Debug)]
pub struct People {
    /// Who is.
    pub staffing: Staffing,
    /// All roles, the highest first.
    pub roles: Vec<RemoteRole>,
}

const ACCOUNT: Line = Line {
    name: "account",
    label: "Their Discord id",
    help: Some(
        "In Discord: Settings, Advanced, Developer Mode on; then right-click their name, Copy User ID.",
    ),
    most: 20,
};
const ROLE: Line = Line {
    name: "role",
    label: "Role",
    help: None,
    most: 0,
};

pub(super) fn people(desk: &Forms<'_>, people: &People) -> AnyView {
    let staffing = &people.staffing;
    let named = |id: RoleId| {
        let found = people.roles.iter().find(|role| role.id == id);
        found.map_or_else(
            || format!("the role {id}"),
            |role| format!("@{}", role.name),
        )
    };
    let by_role = match staffing.staff_role {
        Some(role) => format!("Everyone with {} (the staff role)", named(role)),
        None => "No staff role is set yet; it is one of the options under General.".to_owned(),
    };
    let roles = staffing.roles.iter().map(|role| {
        let words = format!("Everyone with {}", named(*role));
        line(desk, &format!("role {role}"), words)
    });
    let persons = staffing.people.iter().map(|(user, name)| {
        let words = match name {
            Some(name) => format!("{name} ({user})"),
            None => format!("The account {user}"),
        };
        line(desk, &format!("user {user}"), words)
    });
    let lines = roles.chain(persons).collect_view();
    view! {
        <section aria-labelledby="staff">
            <h2 id="staff">"Staff"</h2>
            <p class="quiet">
                "They read and answer tickets, here and in Discord. Who decides these settings is \
                 Discord's word: Manage Server or Administrator."
            </p>
            <ul class="setting-lines">
                <li class="setting-line">
                    <span class="setting-words" dir="auto">{by_role}</span>
                </li>
                {lines}
            </ul>
        </section>
        {add_person(desk)}
        {add_role(desk, people)}
    }
    .into_any()
}

fn line(desk: &Forms<'_>, of: &str, words: String) -> AnyView {
    let what = format!("from the staff: {words}");
    view! {
        <li class="setting-line">
            <span class="setting-words" dir="auto">{words}</span>
            {desk.button("remove", of, "Remove", &what)}
        </li>
    }
    .into_any()
}

fn add_person(desk: &Forms<'_>) -> impl IntoView + use<> {
    let typed = desk.typed("add-person", "");
    let fields = view! {
        {typed.line(&ACCOUNT, "")}
        <div class="setting-end">
            <button type="submit" class="button">
                "Make them staff"
            </button>
        </div>
    };
    view! {
        <section aria-labelledby="add-person">
            <h2 id="add-person">"Add somebody"</h2>
            {desk.form(&typed, "setting-form", fields)}
        </section>
    }
}

fn add_role(desk: &Forms<'_>, people: &People) -> impl IntoView + use<> {
    let typed = desk.typed("add-role", "");
    let taken =
        |id: RoleId| people.staffing.staff_role == Some(id) || people.staffing.roles.contains(&id);
    let free = people.roles.iter().filter(|role| !taken(role.id));
    let choices = free.map(|role| (role.id.to_string(), format!("@{}", role.name)));
    let choices: Vec<_> = std::iter::once((String::new(), "Choose a role".to_owned()))
        .chain(choices)
        .collect();
    let fields = view! {
        {typed.choice(&ROLE, "", choices)}
        <div class="setting-end">
            <button type="submit" class="button">
                "Make them all staff"
            </button>
        </div>
    };
    view! {
        <section aria-labelledby="add-role">
            <h2 id="add-role">"Add everyone with a role"</h2>
            {desk.form(&typed, "setting-form", fields)}
        </section>
    }
}
