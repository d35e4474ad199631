//! A person's face: their picture, over the first letter of their name.
//!
//! The letter is always there, so that a picture that does not load leaves no hole.

use leptos::prelude::*;

/// Which of the six quiet colours a name gets; the same name always gets the same one, here and in a
/// browser, whose `usize` is smaller.
fn tone(name: &str) -> &'static str {
    const TONES: [&str; 6] = [
        "face face-0",
        "face face-1",
        "face face-2",
        "face face-3",
        "face face-4",
        "face face-5",
    ];
    let sum = name.bytes().fold(7_u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u32::from(byte))
    });
    TONES[sum as usize % TONES.len()]
}

/// The first letter that says something.
fn initial(name: &str) -> String {
    name.chars()
        .find(|c| c.is_alphanumeric())
        .or_else(|| name.chars().next())
        .map_or_else(|| "?".to_owned(), |c| c.to_uppercase().collect())
}

/// Draws a face. It says nothing to a screen reader: the name stands beside it.
pub(crate) fn face(name: &str, avatar: Option<&str>) -> AnyView {
    // Only addresses that a browser fetches as pictures; anything else is not one.
    let avatar = avatar
        .filter(|address| address.starts_with("https://") || address.starts_with('/'))
        .map(str::to_owned);
    view! {
        <span class=tone(name) aria-hidden="true">
            <span>{initial(name)}</span>
            {avatar
                .map(|src| {
                    view! {
                        <img src=src alt="" loading="lazy" decoding="async" referrerpolicy="no-referrer"/>
                    }
                })}
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_has_the_colour_that_a_browser_gives_it() {
        // Worked out in 32 bits; in 64 it would be face-4.
        assert_eq!(tone("Mira Okafor"), "face face-2");
    }

    #[test]
    fn the_initial_is_a_letter_where_there_is_one() {
        assert_eq!(initial("  kim"), "K");
        assert_eq!(initial("[bot] Ada"), "B");
        assert_eq!(initial("*"), "*");
        assert_eq!(initial(""), "?");
        assert_eq!(initial("ßmith"), "SS");
    }
}
