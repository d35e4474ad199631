//! What a message or a modal may consist of: embeds, buttons, selects, inputs, and their limits.
//! It checks and tidies shapes; it knows no channel and no author.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::clock::{iso, parse_iso};
use crate::error::FormErrors;

/// The flag of messages that are built of layout components.
pub(crate) const COMPONENTS_V2: u64 = 1 << 15;

/// Checks the embeds of a message.
pub(crate) fn check_embeds(embeds: &[Value], form: &mut FormErrors) {
    if embeds.len() > 10 {
        form.add(
            "embeds",
            "BASE_TYPE_MAX_LENGTH",
            "Must be 10 or fewer in length.",
        );
    }
    let mut total = 0;
    for (index, embed) in embeds.iter().enumerate() {
        let mut text = |value: &Value, path: &str, least: usize, most: usize| {
            let words = value.as_str().unwrap_or_default().trim();
            total += words.chars().count();
            if least > 0 || !value.is_null() {
                form.length(&format!("embeds.{index}.{path}"), words, least, most);
            }
        };
        text(&embed["title"], "title", 0, 256);
        text(&embed["description"], "description", 0, 4096);
        text(&embed["footer"]["text"], "footer.text", 0, 2048);
        text(&embed["author"]["name"], "author.name", 0, 256);
        let fields = embed["fields"].as_array().cloned().unwrap_or_default();
        for (at, field) in fields.iter().enumerate() {
            text(&field["name"], &format!("fields.{at}.name"), 1, 256);
            text(&field["value"], &format!("fields.{at}.value"), 1, 1024);
        }
        if fields.len() > 25 {
            let words = "Must be 25 or fewer in length.";
            form.add(
                &format!("embeds.{index}.fields"),
                "BASE_TYPE_MAX_LENGTH",
                words,
            );
        }
        if embed["color"]
            .as_u64()
            .is_some_and(|color| color > 0x00FF_FFFF)
        {
            let words = "int value should be less than or equal to 16777215.";
            form.add(&format!("embeds.{index}.color"), "NUMBER_TYPE_MAX", words);
        }
        let urls = [
            ("url", &embed["url"]),
            ("image.url", &embed["image"]["url"]),
        ];
        for (path, url) in urls {
            let fits = |url: &str| {
                ["http://", "https://", "attachment://"]
                    .iter()
                    .any(|s| url.starts_with(s))
            };
            if url.as_str().is_some_and(|url| !fits(url)) {
                let words = "Not a well formed URL.";
                form.add(
                    &format!("embeds.{index}.{path}"),
                    "URL_TYPE_INVALID_URL",
                    words,
                );
            }
        }
    }
    if total > 6000 {
        let words = "Embed size exceeds maximum size of 6000";
        form.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", words);
    }
}

/// The embeds as Discord gives them back. `link_of` finds the URL of an attached file.
pub(crate) fn tidy_embeds(
    embeds: &[Value],
    link_of: impl Fn(&str) -> Option<String>,
) -> Vec<Value> {
    let mut kept = embeds.to_vec();
    for embed in &mut kept {
        embed["type"] = json!("rich");
        if let Some(moment) = embed["timestamp"].as_str().and_then(parse_iso) {
            embed["timestamp"] = json!(iso(moment));
        }
        if let Some(fields) = embed.get_mut("fields").and_then(Value::as_array_mut) {
            for field in fields {
                field["inline"] = json!(field["inline"].as_bool().unwrap_or(false));
            }
        }
        for key in ["image", "thumbnail"] {
            let name = embed[key]["url"]
                .as_str()
                .and_then(|url| url.strip_prefix("attachment://"));
            if let Some(link) = name.and_then(&link_of) {
                embed[key]["url"] = json!(link);
            }
        }
        if let Some(map) = embed.as_object_mut() {
            map.retain(|_, value| !value.is_null());
        }
    }
    kept
}

/// Checks the components of a message.
pub(crate) fn check_components(rows: &[Value], flags: u64, form: &mut FormErrors) {
    let mut seen = HashSet::new();
    if flags & COMPONENTS_V2 != 0 {
        if count(rows) > 40 {
            form.add(
                "components",
                "BASE_TYPE_MAX_LENGTH",
                "Must be 40 or fewer in length.",
            );
        }
    } else if rows.len() > 5 {
        form.add(
            "components",
            "BASE_TYPE_BAD_LENGTH",
            "Must be between 1 and 5 in length.",
        );
    }
    for (index, row) in rows.iter().enumerate() {
        let path = format!("components.{index}");
        match row["type"].as_u64() {
            Some(1) => check_row(row, &path, &mut seen, form),
            Some(_) if flags & COMPONENTS_V2 != 0 => {}
            _ => {
                let words = "Value of field \"type\" must be one of (1,).";
                form.add(&format!("{path}.type"), "UNION_TYPE_CHOICES", words);
            }
        }
    }
}

fn check_row(row: &Value, path: &str, seen: &mut HashSet<String>, form: &mut FormErrors) {
    let parts = row["components"].as_array().cloned().unwrap_or_default();
    let selects = parts.iter().filter(|part| part["type"] != json!(2)).count();
    if parts.is_empty() || parts.len() > 5 || (selects > 0 && parts.len() > 1) {
        let words = "Must be between 1 and 5 in length.";
        form.add(&format!("{path}.components"), "BASE_TYPE_BAD_LENGTH", words);
    }
    for (index, part) in parts.iter().enumerate() {
        let path = format!("{path}.components.{index}");
        if let Some(id) = part["custom_id"].as_str() {
            form.length(&format!("{path}.custom_id"), id, 1, 100);
            if !seen.insert(id.to_owned()) {
                let words = "Component custom id cannot be duplicated";
                form.add(
                    &format!("{path}.custom_id"),
                    "COMPONENT_CUSTOM_ID_DUPLICATED",
                    words,
                );
            }
        }
        match part["type"].as_u64() {
            Some(2) => check_button(part, &path, form),
            Some(3 | 5..=8) => check_select(part, &path, form),
            _ => {
                let words = "Value of field \"type\" must be one of (2, 3, 5, 6, 7, 8).";
                form.add(&format!("{path}.type"), "UNION_TYPE_CHOICES", words);
            }
        }
    }
}

fn check_button(part: &Value, path: &str, form: &mut FormErrors) {
    let label = part["label"].as_str().unwrap_or_default();
    form.length(&format!("{path}.label"), label, 0, 80);
    if label.is_empty() && part["emoji"].is_null() {
        let words = "A button must have a label or an emoji";
        form.add(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", words);
    }
    if part["style"] == json!(5) {
        form.length(
            &format!("{path}.url"),
            part["url"].as_str().unwrap_or_default(),
            1,
            512,
        );
    } else if !part["custom_id"].is_string() {
        form.add(
            path,
            "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED",
            "A custom id is required",
        );
    }
}

fn check_select(part: &Value, path: &str, form: &mut FormErrors) {
    if !part["custom_id"].is_string() {
        form.add(
            &format!("{path}.custom_id"),
            "BASE_TYPE_REQUIRED",
            "This field is required",
        );
    }
    let placeholder = part["placeholder"].as_str().unwrap_or_default();
    form.length(&format!("{path}.placeholder"), placeholder, 0, 150);
    if part["type"] == json!(3) {
        let options = part["options"].as_array().cloned().unwrap_or_default();
        if options.is_empty() || options.len() > 25 {
            let words = "Must be between 1 and 25 in length.";
            form.add(&format!("{path}.options"), "BASE_TYPE_BAD_LENGTH", words);
        }
        for (at, option) in options.iter().enumerate() {
            for (key, least) in [("label", 1), ("value", 1), ("description", 0)] {
                let text = option[key].as_str().unwrap_or_default();
                form.length(&format!("{path}.options.{at}.{key}"), text, least, 100);
            }
        }
    }
}

/// Checks a modal.
pub(crate) fn check_modal(modal: &Value, form: &mut FormErrors) {
    let text = |key: &str| modal[key].as_str().unwrap_or_default();
    form.length("data.custom_id", text("custom_id"), 1, 100);
    form.length("data.title", text("title"), 1, 45);
    let parts = modal["components"].as_array().cloned().unwrap_or_default();
    if parts.is_empty() || parts.len() > 5 {
        let words = "Must be between 1 and 5 in length.";
        form.add("data.components", "BASE_TYPE_BAD_LENGTH", words);
    }
    let mut seen = HashSet::new();
    for (index, part) in parts.iter().enumerate() {
        let held = inputs(part);
        let fits = match part["type"].as_u64() {
            // A row holds one text input, a label one input or menu.
            Some(1) => held.len() == 1 && held[0]["type"] == json!(4),
            Some(18) => held.len() == 1,
            Some(10) => true,
            _ => false,
        };
        if !fits {
            let path = format!("data.components.{index}");
            let words = "Value of field \"type\" must be one of (1, 10, 18).";
            form.add(&path, "UNION_TYPE_CHOICES", words);
        }
        for input in held {
            let path = format!("data.components.{index}.components.0");
            let fresh = seen.insert(input["custom_id"].as_str().unwrap_or_default().to_owned());
            if !fresh {
                let words = "Component custom id cannot be duplicated";
                let code = "COMPONENT_CUSTOM_ID_DUPLICATED";
                form.add(&format!("{path}.custom_id"), code, words);
            }
            if input["type"] == json!(4) && !matches!(input["style"].as_u64(), Some(1 | 2)) {
                let words = "Value must be one of (1, 2).";
                form.add(&format!("{path}.style"), "BASE_TYPE_CHOICES", words);
            }
            let label = input["label"].as_str().or_else(|| part["label"].as_str());
            form.length(&format!("{path}.label"), label.unwrap_or_default(), 1, 45);
            let id = input["custom_id"].as_str().unwrap_or_default();
            form.length(&format!("{path}.custom_id"), id, 1, 100);
            let hint = input["placeholder"].as_str().unwrap_or_default();
            form.length(&format!("{path}.placeholder"), hint, 0, 100);
            let value = input["value"].as_str().unwrap_or_default();
            form.length(&format!("{path}.value"), value, 0, 4000);
        }
    }
}

/// The inputs of a modal's top component: of an action row, or the one of a label.
pub(crate) fn inputs(part: &Value) -> Vec<Value> {
    match part["components"].as_array() {
        Some(list) => list.clone(),
        None if part["component"].is_object() => vec![part["component"].clone()],
        None => Vec::new(),
    }
}

/// Numbers the components, as Discord does for those that came without an id, and writes ids as text,
/// however they came.
pub(crate) fn tidy_components(rows: &[Value]) -> Vec<Value> {
    let mut next = 0;
    let mut rows = rows.to_vec();
    number(&mut rows, &mut next);
    rows
}

fn number(parts: &mut [Value], next: &mut u64) {
    for part in parts {
        *next += 1;
        if part["id"].as_u64().unwrap_or(0) == 0 {
            part["id"] = json!(*next);
        }
        if let Some(inner) = part.get_mut("components").and_then(Value::as_array_mut) {
            number(inner, next);
        }
        let chosen = part.get_mut("default_values").and_then(Value::as_array_mut);
        for value in chosen.into_iter().flatten() {
            if let Some(id) = value["id"].as_u64() {
                value["id"] = json!(id.to_string());
            }
        }
        if let Some(map) = part.as_object_mut() {
            map.retain(|_, value| !value.is_null());
        }
    }
}

fn count(parts: &[Value]) -> usize {
    parts
        .iter()
        .map(|part| {
            1 + part["components"]
                .as_array()
                .map_or(0, |inner| count(inner))
        })
        .sum()
}

/// The component with this custom id, wherever it stands.
pub(crate) fn find(parts: &[Value], custom_id: &str) -> Option<Value> {
    for part in parts {
        if part["custom_id"].as_str() == Some(custom_id) {
            return Some(part.clone());
        }
        let inner = part["components"]
            .as_array()
            .and_then(|inner| find(inner, custom_id));
        let found = inner.or_else(|| {
            let single = part.get("component").or_else(|| part.get("accessory"))?;
            find(std::slice::from_ref(single), custom_id)
        });
        if found.is_some() {
            return found;
        }
    }
    None
}
