//! What the host product knows of the customer, below their name.
//!
//! It comes from outside and may be slow, so the browser asks for it once the ticket is there, and
//! the ticket never waits for it.

use super::side::fact;
use super::workplace::Workplace;
use crate::api::tickets;
use crate::parts::icon::{Icon, icon};
use domain::card::{CardAnswer, CardField, CardLink, CustomerCard as Card};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The card of the open ticket's customer. Nothing where nobody is asked.
#[component]
pub(super) fn CustomerCard(workplace: Workplace) -> AnyView {
    let number = fact(workplace, |view| view.ticket.number);
    let answer = RwSignal::new(None::<CardAnswer>);
    Effect::new(move |before: Option<Option<i64>>| {
        let now = number.get();
        if before != Some(now) {
            answer.set(None);
            if let Some(asked) = now {
                spawn_local(async move {
                    let told = tickets::customer_card(asked).await;
                    // Someone may have gone on to another ticket meanwhile.
                    if number.try_get_untracked().flatten() == Some(asked) {
                        let told = told.unwrap_or_else(|_| {
                            CardAnswer::Trouble("The card could not be asked for.".to_owned())
                        });
                        let _ = answer.try_set(Some(told));
                    }
                });
            }
        }
        now
    });
    view! {
        <div class="customer-card" aria-live="polite">
            {move || answer.get().and_then(shown)}
        </div>
    }
    .into_any()
}

fn shown(answer: CardAnswer) -> Option<AnyView> {
    match answer {
        CardAnswer::Off => None,
        CardAnswer::Unknown => Some(quiet("The host product does not know them.".to_owned())),
        CardAnswer::Trouble(why) => Some(quiet(why)),
        CardAnswer::Known { card, proven } => Some(known(card, proven)),
    }
}

fn quiet(words: String) -> AnyView {
    view! { <p class="quiet">{words}</p> }.into_any()
}

fn known(card: Card, proven: bool) -> AnyView {
    let fact = |field: CardField| {
        view! {
            <div>
                <dt dir="auto">{field.name}</dt>
                <dd dir="auto">{field.value}</dd>
            </div>
        }
    };
    let way = |link: CardLink| {
        view! {
            <li>
                <a class="out" href=link.url rel="external noreferrer" target="_blank">
                    <span dir="auto">{link.label}</span>
                    <span class="sr-only">" (in a new tab)"</span>
                    {icon(Icon::External)}
                </a>
            </li>
        }
    };
    let has_links = !card.links.is_empty();
    view! {
        {card.title.map(|title| view! { <p class="customer-card-title" dir="auto">{title}</p> })}
        {(!proven)
            .then(|| quiet("By the address that they typed, which nobody proved.".to_owned()))}
        <dl class="facts">{card.fields.into_iter().map(fact).collect_view()}</dl>
        {has_links
            .then(|| view! { <ul class="customer-card-links">{card.links.into_iter().map(way).collect_view()}</ul> })}
    }
    .into_any()
}
