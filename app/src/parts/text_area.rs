//! The only two ways to put a `<textarea>` on a page.
//!
//! Leptos 0.8 writes a textarea's children to HTML **unescaped**: `</textarea><script>` in a kept
//! text would run. So pages that only the server renders escape the text here, by hand, and
//! hydrated pages leave the element empty and set its property. No other file may spell the tag;
//! a test looks for it.

use leptos::prelude::*;

/// The text as a textarea's content: markup made harmless, and a first line break doubled,
/// because HTML drops one that follows the opening tag.
#[cfg(feature = "ssr")]
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    if text.starts_with(['\n', '\r']) {
        safe.push('\n');
    }
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            // A browser would turn a lone one into a line break anyway, and U+0000 into U+FFFD.
            '\0' => {}
            c => safe.push(c),
        }
    }
    safe
}

/// A text box on a page that only the server renders.
#[cfg(feature = "ssr")]
#[component]
pub(crate) fn WrittenTextArea(
    /// The element's id.
    #[prop(into)]
    id: String,
    /// The field's name.
    name: &'static str,
    /// What was typed already.
    text: String,
    /// How many lines it shows at first.
    rows: &'static str,
    /// Ids of what describes it.
    #[prop(optional_no_strip)]
    described_by: Option<String>,
    /// What it held was refused.
    refused: bool,
    /// The cursor starts in it.
    takes_focus: bool,
    /// What it says while empty.
    #[prop(optional)]
    placeholder: &'static str,
    /// Whether the tab keeps what is typed until it is sent.
    #[prop(default = true)]
    is_draft: bool,
) -> impl IntoView {
    view! {
        <textarea
            id=id
            name=name
            rows=rows
            dir="auto"
            class="input"
            data-draft=is_draft.then_some("")
            autofocus=takes_focus
            placeholder=placeholder
            aria-describedby=described_by
            aria-invalid=refused.then_some("true")
        >
            {escaped(&text)}
        </textarea>
    }
}

/// A text box on a hydrated page: its text is a property, never markup.
#[component]
pub(crate) fn LiveTextArea(
    /// The element's id.
    #[prop(into)]
    id: String,
    /// Its name for screen readers.
    #[prop(into)]
    label: Signal<String>,
    /// What it says while empty.
    #[prop(into)]
    placeholder: Signal<String>,
    /// Its text.
    #[prop(into)]
    text: Signal<String>,
    /// Called with the text at each keystroke.
    on_text: Callback<String>,
    /// Called when Ctrl or Cmd and Enter are pressed.
    on_send: Callback<()>,
    /// Called when Escape is pressed.
    #[prop(optional)]
    on_escape: Option<Callback<()>>,
    /// The cursor goes into it when it appears.
    #[prop(optional)]
    takes_focus: bool,
    /// Ids of what describes it.
    #[prop(optional)]
    described_by: Option<&'static str>,
) -> impl IntoView {
    let element = NodeRef::<leptos::html::Textarea>::new();
    Effect::new(move |_| {
        if let Some(element) = element.get().filter(|_| takes_focus) {
            // A box that cannot take the focus leaves it where it is.
            let _ = element.focus();
        }
    });
    view! {
        <textarea
            node_ref=element
            id=id
            rows="3"
            dir="auto"
            class="input"
            aria-label=move || label.get()
            aria-describedby=described_by
            placeholder=move || placeholder.get()
            prop:value=move || text.get()
            on:input=move |event| on_text.run(event_target_value(&event))
            on:keydown=move |event| {
                if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                    event.prevent_default();
                    on_send.run(());
                }
                if event.key() == "Escape" && let Some(on_escape) = on_escape {
                    on_escape.run(());
                }
            }
        ></textarea>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn kept_text_cannot_leave_its_box() {
        let payload = "</textarea><script>alert(1)</script>";
        let html = Owner::new_root(None).with(|| {
            view! { <WrittenTextArea id="body" name="body" rows="3" refused=false takes_focus=false text=payload.to_owned()/> }
                .to_html()
        });
        assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>"));
        assert_eq!(html.matches("</textarea>").count(), 1);
        assert!(!html.contains("<script"));
    }

    #[test]
    fn entities_stay_what_was_typed() {
        assert_eq!(escaped("a &lt; b & c"), "a &amp;lt; b &amp; c");
    }

    #[test]
    fn a_first_empty_line_survives() {
        assert_eq!(escaped("\nhello"), "\n\nhello");
    }

    #[test]
    fn no_other_file_spells_the_tag() {
        fn look(folder: &std::path::Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).expect("the sources are there") {
                let path = entry.expect("a readable entry").path();
                if path.is_dir() {
                    look(&path, found);
                } else if path.file_name().is_some_and(|name| name != "text_area.rs") {
                    let source = std::fs::read_to_string(&path).expect("text");
                    // Split, so that this test does not find itself after a rename.
                    if source.contains(concat!("<text", "area\n"))
                        || source.contains(concat!("<text", "area "))
                    {
                        found.push(path.display().to_string());
                    }
                }
            }
        }
        let mut found = Vec::new();
        look(
            &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut found,
        );
        assert!(found.is_empty(), "a bare text box in {found:?}");
    }
}
