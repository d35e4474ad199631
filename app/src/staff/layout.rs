//! The dashboard's frame: reads what comes with the page, then lays out rail, list and ticket.
//!
//! There is one suspended place on the whole page, this one, and it is passed once; everything
//! inside is plain signals (see [`super::workplace`]).

use super::keys::{self, KEYS};
use super::list::List;
use super::live;
use super::place::{Place, View};
use super::rail::Rail;
use super::sync::SyncPane;
use super::ticket::Ticket;
use super::workplace::{First, Workplace};
use crate::api::{sync, tickets};
use crate::parts::icon::{Icon, icon};
use domain::view::InboxFilter;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use leptos_meta::Title;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_location, use_query_map};

/// Reads what the address names.
async fn read_first(view: View, place: Place) -> First {
    let inbox = tickets::inbox(view.filter, view.tag, None).await;
    let mut first = First {
        inbox: inbox.map_err(|failure| failure.0),
        ticket: None,
        sync: None,
    };
    match place {
        Place::Ticket(number) => {
            let ticket = tickets::conversation(number).await;
            first.ticket = Some(ticket.map_err(|failure| failure.0));
        }
        Place::Sync => {
            let sync = sync::read_sync().await;
            first.sync = Some(sync.map_err(|failure| failure.0));
        }
        Place::List => (),
        Place::Nowhere => say_not_found(),
    }
    first
}

/// Gives the response the status of a page that is not there.
fn say_not_found() {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
}

/// The dashboard.
#[component]
pub(crate) fn Layout() -> impl IntoView {
    let location = use_location();
    let query = use_query_map();
    let view = Memo::new(move |_| {
        let query = query.read();
        View {
            filter: InboxFilter::from_key(&query.get("view").unwrap_or_default()),
            tag: query.get("tag").filter(|tag| !tag.is_empty()),
        }
    });
    let place = Memo::new(move |_| Place::of(&location.pathname.get()));
    let first = OnceResource::new_blocking(read_first(view.get_untracked(), place.get_untracked()));
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                let first = first.await;
                view! { <Desk workplace=Workplace::new(view, place, first)/> }
            })}
        </Suspense>
        // Shows nothing: the router waits for it before it puts a new address into the bar.
        <Outlet/>
    }
}

#[component]
fn Desk(workplace: Workplace) -> AnyView {
    let help = RwSignal::new(false);
    live::follow(workplace);
    keys::listen(workplace, help);
    let title = move || {
        let guild = workplace
            .inbox
            .value
            .with(|view| view.as_ref().map(|view| view.guild.name.clone()))
            .unwrap_or_else(|| "Helpdesk".to_owned());
        let here = workplace
            .ticket
            .value
            .with(|view| {
                view.as_ref()
                    .map(|view| format!("#{} {}", view.ticket.number, view.ticket.subject))
            })
            .unwrap_or_else(|| match workplace.place.get() {
                Place::Sync => "Sync".to_owned(),
                _ => workplace.view.get().filter.words().to_owned(),
            });
        as_title(format!("{here} · {guild}"))
    };
    let is_sync = Memo::new(move |_| workplace.place.get() == Place::Sync);
    // On the server the title is written after the page, when the page's signals may be gone.
    let title = if cfg!(feature = "ssr") {
        TextProp::from(title())
    } else {
        TextProp::from(title)
    };
    view! {
        <Title text=title/>
        <a class="skip" href="#ticket">
            "Skip to the ticket"
        </a>
        {banner(workplace)}
        <div
            class="desk"
            data-open=move || (workplace.place.get() != Place::List).then_some("")
        >
            <Rail workplace help/>
            <main class="desk-main">
                <List workplace/>
                {move || {
                    if is_sync.get() {
                        view! { <SyncPane workplace/> }.into_any()
                    } else {
                        view! { <Ticket workplace/> }.into_any()
                    }
                }}
            </main>
        </div>
        <Show when=move || help.get()>
            <div class="keys" role="dialog" aria-label="Keyboard">
                <h2>"Keyboard"</h2>
                <dl>
                    {KEYS
                        .into_iter()
                        .map(|(key, does)| {
                            view! {
                                <div>
                                    <dt>
                                        <kbd>{key}</kbd>
                                    </dt>
                                    <dd>{does}</dd>
                                </div>
                            }
                        })
                        .collect_view()}
                    <div>
                        <dt>
                            <kbd>"Ctrl Enter"</kbd>
                        </dt>
                        <dd>"Send what you wrote"</dd>
                    </div>
                </dl>
                <button
                    type="button"
                    class="button button-small"
                    on:click=move |_| help.set(false)
                >
                    "Close this"
                </button>
            </div>
        </Show>
    }
    .into_any()
}

/// What keeps everything from Discord, on top of whatever is open.
fn banner(workplace: Workplace) -> AnyView {
    let words = Memo::new(move |_| {
        let inbox = workplace.inbox.value;
        inbox.with(|view| view.as_ref().and_then(|view| view.trouble.clone()))
    });
    view! {
        {move || {
            words
                .get()
                .map(|words| {
                    view! {
                        <p class="trouble desk-banner" role="status">
                            {icon(Icon::Alert)}
                            <span>{words}</span>
                        </p>
                    }
                })
        }}
    }
    .into_any()
}

/// What any other address under the dashboard says.
#[component]
pub(crate) fn Nowhere() -> impl IntoView {
    say_not_found();
    view! {
        <main class="blank" id="ticket">
            {icon(Icon::Inbox)}
            <h1>"There is nothing here"</h1>
            <p>
                <a href="/staff">"Go to the list"</a>
            </p>
        </main>
    }
}

/// A title as `<Title>` takes it: on the server it writes its text out as it is, so whoever could
/// name a ticket could end the element there; in the browser it sets a property, which is safe.
fn as_title(text: String) -> String {
    if cfg!(feature = "ssr") {
        text.replace('&', "&amp;").replace('<', "&lt;")
    } else {
        text
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::as_title;

    #[test]
    fn a_subject_cannot_end_the_title() {
        assert_eq!(
            as_title("</title><script>alert(1)</script> &amp;".to_owned()),
            "&lt;/title>&lt;script>alert(1)&lt;/script> &amp;amp;"
        );
    }
}
