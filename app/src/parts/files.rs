//! Files: those of a message, as pictures and tiles, and the input that takes new ones.
//!
//! Where a file lies is told by whoever shows it; whether it may be seen was decided before.

use super::icon::{Icon, icon};
#[cfg(feature = "ssr")]
use domain::FileLimits;
use domain::file::size_words;
use domain::view::{FileState, FileView, Thumbnail};
use leptos::prelude::*;

/// The id of the line that says how much may be attached.
pub(crate) const LIMITS_ID: &str = "files-help";

/// A message's files. `place` is what their addresses begin with.
pub(crate) fn files(files: &[FileView], place: &str) -> Option<AnyView> {
    if files.is_empty() {
        return None;
    }
    let items = files
        .iter()
        .map(|file| view! { <li>{item(file, place)}</li> })
        .collect::<Vec<_>>();
    Some(view! { <ul class="files">{items}</ul> }.into_any())
}

fn item(file: &FileView, place: &str) -> AnyView {
    let name = file.name.clone();
    let size = size_words(file.size);
    let address = format!("{place}/{}/{}", file.id, in_address(&file.name));
    match &file.state {
        FileState::Here(Some(small)) => picture(name, &size, address, *small),
        FileState::Here(None) => view! {
            // The server's answer, not this word, keeps it from being shown.
            <a class="file" href=address download="">
                {icon(Icon::File)}
                <span class="file-name" dir="auto">{name}</span>
                <span class="file-size">{size}</span>
            </a>
        }
        .into_any(),
        FileState::Arriving => view! {
            <span class="file file-arriving">
                {icon(Icon::Clock)}
                <span class="file-name" dir="auto">{name}</span>
                <span class="file-size">{size} ", arriving"</span>
            </span>
        }
        .into_any(),
        FileState::Refused { why } => view! {
            <span class="file file-refused">
                {icon(Icon::Alert)}
                <span class="file-name" dir="auto">{name}</span>
                <span class="file-size">{size} ", not here. " {why.clone()}</span>
            </span>
        }
        .into_any(),
    }
}

fn picture(name: String, size: &str, address: String, small: Thumbnail) -> AnyView {
    let source = format!("{address}?small");
    let title = format!("{name}, {size}");
    view! {
        <a class="picture" href=address target="_blank" rel="noopener" title=title>
            <img
                src=source
                alt=name
                width=small.width.to_string()
                height=small.height.to_string()
                loading="lazy"
                decoding="async"
            />
        </a>
    }
    .into_any()
}

/// A name as the last step of an address.
fn in_address(name: &str) -> String {
    let mut step = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                step.push(char::from(byte));
            }
            byte => step.push_str(&format!("%{byte:02X}")),
        }
    }
    // A step of dots alone would lead elsewhere.
    if step.bytes().all(|b| b == b'.') {
        "file".to_owned()
    } else {
        step
    }
}

/// The line beside the input.
#[cfg(feature = "ssr")]
pub(crate) fn limits(limits: FileLimits) -> AnyView {
    view! { <span class="help files-help" id=LIMITS_ID>{limits.words()}</span> }.into_any()
}

/// The input of a form that works without a script.
#[cfg(feature = "ssr")]
pub(crate) fn file_input(allowed: FileLimits, refused: bool) -> AnyView {
    let described_by = if refused {
        format!("{LIMITS_ID} files-problem")
    } else {
        LIMITS_ID.to_owned()
    };
    view! {
        <input
            class="file-input"
            type="file"
            id="files"
            name="files"
            multiple=allowed.max_files != 1
            aria-describedby=described_by
            aria-invalid=refused.then_some("true")
        />
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use domain::FileId;

    fn html(name: &str, state: FileState) -> String {
        let file = FileView {
            id: FileId(7),
            name: name.to_owned(),
            size: 2_048,
            state,
        };
        Owner::new_root(None)
            .with(|| files(&[file], "/t/tok/files").map(|view| view.to_html()))
            .unwrap_or_default()
    }

    #[test]
    fn a_picture_is_shown_small_with_its_room_kept_free() {
        let small = Thumbnail {
            width: 480,
            height: 120,
        };
        let shown = html("a b.png", FileState::Here(Some(small)));
        assert!(
            shown.contains(r#"href="/t/tok/files/7/a%20b.png""#),
            "{shown}"
        );
        assert!(
            shown.contains(r#"src="/t/tok/files/7/a%20b.png?small""#),
            "{shown}"
        );
        assert!(shown.contains(r#"width="480" height="120""#), "{shown}");
        assert!(shown.contains(r#"alt="a b.png""#), "{shown}");
    }

    #[test]
    fn other_files_say_their_name_size_and_fate() {
        let shown = html("a.zip", FileState::Here(None));
        assert!(shown.contains("a.zip") && shown.contains("2 KB") && !shown.contains("<img"));
        assert!(html("a.zip", FileState::Arriving).contains("arriving"));
        let why = "It is larger than 25 MB.".to_owned();
        let shown = html("a.zip", FileState::Refused { why });
        assert!(shown.contains("It is larger than 25 MB.") && !shown.contains("href"));
    }

    #[test]
    fn no_name_becomes_markup_or_leads_elsewhere() {
        let shown = html("\"><script>alert(1)</script>", FileState::Here(None));
        assert!(!shown.contains("<script>"), "{shown}");
        assert_eq!(in_address(".."), "file");
        assert_eq!(in_address("a/b?c#d"), "a%2Fb%3Fc%23d");
    }

    #[test]
    fn nothing_is_shown_of_nothing() {
        assert!(files(&[], "/x").is_none());
    }
}
