//! Where staff begin: one button that leads to Discord.

use super::document::{Frame, Head, Live, Reach, document};
use crate::parts::icon::{Icon, icon};
use leptos::prelude::*;

const NO_ROLE: &str = "Your Discord account does not have the staff role here. Ask an \
                       administrator for it, or sign in with another account.";

/// Renders the staff's sign-in page. `return_to` is a path of ours, where they wanted to go.
pub fn sign_in(f: &Frame, return_to: &str, problem: Option<&str>) -> String {
    page(f, return_to, problem, false)
}

/// Renders it for somebody who is signed in, but without the role: with a way out.
pub fn no_role(f: &Frame, return_to: &str) -> String {
    page(f, return_to, Some(NO_ROLE), true)
}

fn page(f: &Frame, return_to: &str, problem: Option<&str>, is_signed_in: bool) -> String {
    let head = Head {
        title: Some("Staff sign in".to_owned()),
        live: Live::No,
        reach: Reach::Private,
        class: "page-sign-in",
    };
    let name = f.name();
    let href = format!("/auth/discord?return={}", percent_encoded(return_to));
    let problem = problem.map(str::to_owned);
    document(f, head, move || {
        view! {
            <section class="notice">
                <h1>"Staff sign in"</h1>
                {problem.as_deref().map(trouble)}
                <p class="lead">
                    "Answer tickets of " <bdi>{name}</bdi>
                    " from the web. Your Discord account is your key; the staff role opens the door."
                </p>
                <div class="notice-actions">
                    <a class="button button-main button-large" href=href>
                        "Continue with Discord"
                    </a>
                    {is_signed_in.then(way_out)}
                </div>
                <p class="aside">
                    "Are you a customer? " <a href="/new">"Open a ticket"</a>
                    " or find " <a href="/my">"your tickets"</a> "; you need no account."
                </p>
            </section>
        }
    })
}

fn way_out() -> impl IntoView {
    view! {
        <form method="post" action="/auth/sign-out">
            <button class="button button-large" type="submit">
                {icon(Icon::SignOut)}
                <span>"Sign out"</span>
            </button>
        </form>
    }
}

fn trouble(words: &str) -> impl IntoView + use<> {
    view! {
        <div class="summary" role="alert" tabindex="-1" autofocus>
            <h2>{icon(Icon::Alert)} <span>{words.to_owned()}</span></h2>
        </div>
    }
}

/// A path as the value of a query: everything but what is surely harmless is spelled in hex.
fn percent_encoded(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            safe.push(char::from(byte));
        } else {
            safe.push_str(&format!("%{byte:02X}"));
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_they_wanted_to_go_stays_one_value() {
        assert_eq!(percent_encoded("/staff/tickets/7"), "/staff/tickets/7");
        assert_eq!(
            percent_encoded("/staff?view=mine&x=é"),
            "/staff%3Fview%3Dmine%26x%3D%C3%A9"
        );
    }
}
