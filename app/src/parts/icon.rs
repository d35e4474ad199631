//! The icons: one outline set, drawn for this project, 1.5 px strokes, as inline SVG.
//!
//! An icon never speaks for itself: it is hidden from screen readers, and whoever places one
//! puts words beside it.

use leptos::prelude::*;

/// A drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "ssr"),
    expect(dead_code, reason = "some are for customers' pages only")
)]
pub(crate) enum Icon {
    Alert,
    Back,
    Bolt,
    Bubble,
    Chart,
    Check,
    Clip,
    Clock,
    Cross,
    Done,
    Down,
    Edit,
    External,
    Eye,
    File,
    House,
    Inbox,
    Keyboard,
    Link,
    Lock,
    Panel,
    Person,
    PersonAsk,
    Plus,
    PriorityHigh,
    PriorityLow,
    PriorityUrgent,
    Pulse,
    Reopen,
    Reply,
    Send,
    SignOut,
    Sliders,
    Sync,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Alert => "M12 4 2.8 19.5h18.4zM12 10v4.2M12 16.9v.1",
            Self::Back => "M14.5 5.5 8 12l6.5 6.5",
            Self::Bolt => "M13 3.500 5.500 13.500H11l-1 7 7.500-10H12z",
            Self::Bubble => {
                "M6 5h12a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-6l-4.5 3.5V16H6a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z"
            }
            Self::Chart => "M4.5 4.5v15h15M8.5 16v-4M12.5 16V8M16.5 16v-6",
            Self::Check => "m5 12.5 4.5 4.5L19 7.5",
            Self::Clip => {
                "M19 11.5l-7.2 7.2a4.6 4.6 0 0 1-6.5-6.5l7.6-7.6a3 3 0 0 1 4.3 4.3l-7.5 7.5a1.5 1.5 0 0 1-2.1-2.1l6.8-6.8"
            }
            Self::Clock => "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
            Self::Cross => "m6.500 6.500 11 11M17.500 6.500l-11 11",
            Self::Done => "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM8.3 12.2l2.6 2.6 4.8-5.2",
            Self::Down => "M12 5v14M6 13l6 6 6-6",
            Self::Edit => "M5 19.5 5.8 15.3 16 5l3.5 3.5L9.2 18.7zM13.7 7.3l3.5 3.5",
            Self::External => "M14 4.5h5.5V10M19.5 4.5 11 13M17 14v5.5H4.5V7H10",
            Self::Eye => {
                "M2.5 12S6 5.8 12 5.8 21.5 12 21.5 12 18 18.2 12 18.2 2.5 12 2.5 12zM12 14.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6z"
            }
            Self::File => "M6.5 3.5h7l4.5 4.5v12.5h-11.5zM13.5 3.5V8H18",
            Self::House => "M4 11.5 12 5l8 6.5M6.5 10v9.5h11V10M10 19.5V14h4v5.5",
            Self::Inbox => "M4 13l2.6-7.5h10.8L20 13v5.5H4zM4 13h4.8l1.4 2.5h3.6l1.4-2.5H20",
            Self::Keyboard => {
                "M3.5 7h17v10h-17zM7 10.2v.1M10.3 10.2v.1M13.7 10.2v.1M17 10.2v.1M8.5 13.8h7"
            }
            Self::Link => {
                "M10 14a4 4 0 0 0 5.8.2l2.9-2.9a4 4 0 0 0-5.7-5.7l-1.3 1.3M14 10a4 4 0 0 0-5.8-.2l-2.9 2.9a4 4 0 0 0 5.7 5.7l1.3-1.3"
            }
            Self::Lock => "M6 11h12v8.5H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
            Self::Panel => "M4 5h16v14H4zM14.5 5v14",
            Self::Person => {
                "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c.8-3.8 3.7-5.5 7.5-5.5s6.7 1.7 7.5 5.5"
            }
            Self::PersonAsk => {
                "M10 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM3 20c.7-3.8 3.4-5.5 7-5.5 1.1 0 2.1.2 3 .5M18 14.5v6M15 17.5h6"
            }
            Self::Plus => "M12 5v14M5 12h14",
            Self::PriorityHigh => "m6.5 14.5 5.5-5.5 5.5 5.5",
            Self::PriorityLow => "m6.5 9.5 5.5 5.5 5.5-5.5",
            Self::PriorityUrgent => "m6.5 12 5.5-5.5 5.5 5.5M6.5 18l5.5-5.5 5.5 5.5",
            Self::Pulse => "M3 12.5h4l2.5-6.5 4 12 2.5-5.5h5",
            Self::Reopen => "M4.5 12a7.5 7.5 0 1 0 2.4-5.5L4.5 8.8M4.5 4.5v4.3h4.3",
            Self::Reply => "M9.5 6.5 4.5 11.5l5 5M4.5 11.5H14a5.5 5.5 0 0 1 5.5 5.5v1",
            Self::Send => "M4 11.5 20 4l-4.6 16-4-7zM11.4 13 20 4",
            Self::SignOut => "M13.5 4.5h-8v15h8M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5",
            Self::Sliders => "M4 7h8M16 7h4M14 5v4M4 17h4M12 17h8M10 15v4",
            Self::Sync => "M4.5 9.5h14.5l-4-4M19.5 14.5H5l4 4",
        }
    }
}

/// Draws an icon at the size of the text around it.
pub(crate) fn icon(icon: Icon) -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=icon.path()></path>
        </svg>
    }
    .into_any()
}

/// Threadline's mark: one thread that goes over the cloth and under it.
pub(crate) fn mark() -> AnyView {
    view! {
        <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
            <path class="mark-cloth" d="M1.500 12h21"></path>
            <path d="M3.500 16.500C3.500 9 5.500 6 8 6s4 2.500 4 6 1.500 6 4 6 4.500-3 4.500-10.500"></path>
        </svg>
    }
    .into_any()
}
