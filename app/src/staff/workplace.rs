//! What the dashboard knows at the moment, and how it is refreshed.
//!
//! The first state comes with the page. After that the browser asks again whenever a hint says
//! so, and what is shown stays until the answer is there: plain signals instead of suspended
//! resources, so that a refresh never blanks what someone is reading. Answers may overtake each
//! other; an older one never replaces a newer one.

use crate::api::sync::{SyncPage, read_sync};
use crate::api::{Failure, tickets};
use crate::staff::draft::Drafts;
use crate::staff::edits::Edits;
use crate::staff::place::{Place, View};
use domain::view::{ConversationView, InboxView};
use domain::{AppError, Timestamp};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use std::future::Future;

/// What comes with the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct First {
    /// The list.
    pub inbox: Result<InboxView, AppError>,
    /// The open ticket, if the address names one.
    pub ticket: Option<Result<ConversationView, AppError>>,
    /// How the two sides stand, if the address asks for it.
    pub sync: Option<Result<SyncPage, AppError>>,
}

/// Something shown, and how its refreshing goes.
pub(crate) struct Shown<T: Send + Sync + 'static> {
    /// The newest that was read.
    pub value: RwSignal<Option<T>>,
    /// Why the last reading failed.
    pub trouble: RwSignal<Option<AppError>>,
    /// Whether a reading is under way that someone waits for.
    pub loading: RwSignal<bool>,
    asked: StoredValue<u64>,
    answered: StoredValue<u64>,
}

impl<T: Send + Sync + 'static> Clone for Shown<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Shown<T> {}

impl<T: Send + Sync + 'static> Shown<T> {
    fn new(first: Option<Result<T, AppError>>) -> Self {
        let (value, trouble) = match first {
            Some(Ok(value)) => (Some(value), None),
            Some(Err(error)) => (None, Some(error)),
            None => (None, None),
        };
        Self {
            value: RwSignal::new(value),
            trouble: RwSignal::new(trouble),
            loading: RwSignal::new(false),
            asked: StoredValue::new(0),
            answered: StoredValue::new(0),
        }
    }

    /// Takes a turn.
    fn ask(self) -> u64 {
        self.asked.update_value(|turn| *turn += 1);
        self.asked.get_value()
    }

    /// Takes the answer of a turn, unless a newer one is there already.
    fn answer(self, turn: u64, result: Result<T, AppError>) {
        if turn <= self.answered.get_value() {
            return;
        }
        self.answered.set_value(turn);
        if turn == self.asked.get_value() {
            self.loading.set(false);
        }
        match result {
            Ok(value) => {
                self.value.set(Some(value));
                self.trouble.set(None);
            }
            Err(error) => self.trouble.set(Some(error)),
        }
    }

    /// Forgets what is shown; answers that are still on their way no longer count.
    fn clear(self) {
        let turn = self.ask();
        self.answered.set_value(turn);
        self.value.set(None);
        self.trouble.set(None);
        self.loading.set(false);
    }
}

/// Everything the dashboard's parts share.
#[derive(Clone, Copy)]
pub(crate) struct Workplace {
    /// Which tickets the list shows.
    pub view: Memo<View>,
    /// What is shown beside it.
    pub place: Memo<Place>,
    /// The list.
    pub inbox: Shown<InboxView>,
    /// The open ticket.
    pub ticket: Shown<ConversationView>,
    /// How the two sides stand.
    pub sync: Shown<SyncPage>,
    /// What is written and not yet sent, by ticket.
    pub drafts: Drafts,
    /// Messages that are being changed.
    pub edits: Edits,
    /// With which words which ticket is to be closed.
    pub closing: RwSignal<Option<(i64, String)>>,
    /// A change of a ticket is under way.
    pub acting: RwSignal<bool>,
    /// Why the last change did not work.
    pub act_trouble: RwSignal<Option<AppError>>,
    /// The list's sense of now.
    pub list_now: Signal<Timestamp>,
    /// The open ticket's sense of now.
    pub ticket_now: Signal<Timestamp>,
    /// The sense of now of the page about the bridge.
    pub sync_now: Signal<Timestamp>,
}

impl Workplace {
    /// Begins with what came with the page.
    pub(crate) fn new(view: Memo<View>, place: Memo<Place>, first: First) -> Self {
        let inbox = Shown::new(Some(first.inbox));
        let ticket = Shown::new(first.ticket);
        let sync = Shown::new(first.sync);
        let list_now = ageing(move || inbox.value.with(|view| view.as_ref().map(|v| v.now)));
        let ticket_now = ageing(move || ticket.value.with(|view| view.as_ref().map(|v| v.now)));
        let sync_now = ageing(move || sync.value.with(|page| page.as_ref().map(|p| p.sync.now)));
        let workplace = Self {
            view,
            place,
            inbox,
            ticket,
            sync,
            drafts: Drafts::new(),
            edits: Edits::new(),
            closing: RwSignal::new(None),
            acting: RwSignal::new(false),
            act_trouble: RwSignal::new(None),
            list_now,
            ticket_now,
            sync_now,
        };
        workplace.follow_the_address();
        workplace
    }

    /// Reads anew what the address names, when it changes.
    fn follow_the_address(self) {
        Effect::watch(
            move || self.view.get(),
            move |_, _, _| {
                self.inbox.loading.set(true);
                self.read_list(0);
            },
            false,
        );
        Effect::watch(
            move || self.place.get(),
            move |place, _, _| {
                self.act_trouble.set(None);
                if place.number().is_some() {
                    self.ticket.trouble.set(None);
                    self.ticket.loading.set(true);
                    self.refresh_ticket();
                } else {
                    self.ticket.clear();
                }
                self.refresh_sync();
            },
            false,
        );
    }

    /// Reads the list again, as many rows as are shown.
    pub(crate) fn refresh_list(self) {
        let shown = self
            .inbox
            .value
            .with_untracked(|view| view.as_ref().map_or(0, |view| view.rows.len()));
        self.read_list(shown);
    }

    /// Reads the list from its top.
    fn read_list(self, at_least: usize) {
        let view = self.view.get_untracked();
        let turn = self.inbox.ask();
        spawn_local(async move {
            let result = read_rows(&view, at_least).await;
            if self.view.get_untracked() == view {
                self.inbox.answer(turn, result.map_err(|failure| failure.0));
            }
        });
    }

    /// Reads the next page of the list.
    pub(crate) fn read_on(self) {
        let View { filter, tag } = self.view.get_untracked();
        let next = self
            .inbox
            .value
            .with_untracked(|view| view.as_ref().and_then(|view| view.next.clone()));
        let Some(next) = next else { return };
        let turn = self.inbox.ask();
        self.inbox.loading.set(true);
        spawn_local(async move {
            let result = tickets::inbox(filter, tag.clone(), Some(next)).await;
            if self.view.get_untracked() != (View { filter, tag }) {
                return;
            }
            let whole = result.map(|mut page| {
                let before = self
                    .inbox
                    .value
                    .with_untracked(|view| view.as_ref().map(|view| view.rows.clone()));
                page.rows = joined(before.unwrap_or_default(), page.rows);
                page
            });
            self.inbox.answer(turn, whole.map_err(|failure| failure.0));
        });
    }

    /// Reads the open ticket again.
    pub(crate) fn refresh_ticket(self) {
        let Some(number) = self.place.get_untracked().number() else {
            return;
        };
        let turn = self.ticket.ask();
        spawn_local(async move {
            let result = tickets::conversation(number).await;
            // Someone may have gone on to another ticket meanwhile.
            if self.place.get_untracked().number() == Some(number) {
                // What is shown stays through a failed refresh of itself, and only of itself.
                let stays = match &result {
                    Ok(_) => true,
                    Err(Failure(AppError::NotFound)) => false,
                    Err(_) => self.shown_untracked() == Some(number),
                };
                self.ticket
                    .answer(turn, result.map_err(|failure| failure.0));
                if !stays {
                    self.ticket.value.set(None);
                }
            }
        });
    }

    /// Reads again how the two sides stand, where that is shown.
    pub(crate) fn refresh_sync(self) {
        if self.place.get_untracked() != Place::Sync {
            return;
        }
        let turn = self.sync.ask();
        spawn_local(async move {
            let result = read_sync().await;
            self.sync.answer(turn, result.map_err(|failure| failure.0));
        });
    }

    /// The number of the ticket that is shown. While the next one is being read, that is still
    /// the one before, and whatever is done belongs to it.
    pub(crate) fn shown(self) -> Option<i64> {
        self.ticket
            .value
            .with(|view| view.as_ref().map(|view| view.ticket.number))
    }

    /// The same, without following its changes.
    pub(crate) fn shown_untracked(self) -> Option<i64> {
        self.ticket
            .value
            .with_untracked(|view| view.as_ref().map(|view| view.ticket.number))
    }

    /// Makes a change, says so if it did not work, and reads anew either way.
    pub(crate) fn act(self, change: impl Future<Output = Result<(), Failure>> + 'static) {
        self.act_here(self.act_trouble, change);
    }

    /// The same, saying where it was asked for why it did not work.
    pub(crate) fn act_here(
        self,
        problem: RwSignal<Option<AppError>>,
        change: impl Future<Output = Result<(), Failure>> + 'static,
    ) {
        if self.acting.get_untracked() {
            return;
        }
        self.acting.set(true);
        problem.set(None);
        spawn_local(async move {
            if let Err(Failure(error)) = change.await {
                // Where it was asked for may be gone by now.
                let _ = problem.try_set(Some(error));
            }
            self.acting.set(false);
            self.refresh_ticket();
            self.refresh_list();
            self.refresh_sync();
        });
    }
}

/// The first rows of a view, at least as many as were shown.
async fn read_rows(of: &View, at_least: usize) -> Result<InboxView, Failure> {
    let read = |after| tickets::inbox(of.filter, of.tag.clone(), after);
    let mut view = read(None).await?;
    while view.rows.len() < at_least
        && let Some(next) = view.next.take()
    {
        let page = read(Some(next)).await?;
        view.rows = joined(view.rows, page.rows);
        view.next = page.next;
    }
    Ok(view)
}

/// Two pages as one. A ticket that moved between two readings may be on both.
fn joined(
    mut before: Vec<domain::view::TicketRow>,
    more: Vec<domain::view::TicketRow>,
) -> Vec<domain::view::TicketRow> {
    for row in more {
        if !before.iter().any(|known| known.number == row.number) {
            before.push(row);
        }
    }
    before
}

/// A `now` that starts at the moment of the server's reading and grows older by itself: the two
/// clocks need not agree, and the first picture is the same on both sides.
fn ageing(
    read: impl Fn() -> Option<Timestamp> + Copy + Send + Sync + 'static,
) -> Signal<Timestamp> {
    let passed_ms = RwSignal::new(0_i64);
    Effect::new(move |handle: Option<Option<IntervalHandle>>| {
        if let Some(Some(handle)) = handle {
            handle.clear();
        }
        read();
        passed_ms.set(0);
        let start = js_sys::Date::now();
        set_interval_with_handle(
            move || {
                passed_ms.set((js_sys::Date::now() - start) as i64);
            },
            std::time::Duration::from_secs(20),
        )
        .ok()
    });
    Signal::derive(move || {
        let base = read().unwrap_or(Timestamp::from_millis(0));
        Timestamp::from_millis(base.millis() + passed_ms.get())
    })
}
