//! What a command may look like when it is registered, and what may be sent when it is used.
//! It checks shapes and bounds; it knows neither who registers nor who uses.

use serde_json::{Value, json};

use crate::error::FormErrors;

/// Characters that one command may have in all its names, descriptions and values.
const HEAVIEST: usize = 8_000;
const SUB_COMMAND: u64 = 1;
const SUB_COMMAND_GROUP: u64 = 2;

/// Commands that one scope may hold, by their type.
pub(crate) fn most_of(kind: u64) -> usize {
    match kind {
        1 => 100,
        _ => 15,
    }
}

/// Checks a command that is to be registered.
pub(crate) fn check_command(command: &Value, path: &str, form: &mut FormErrors) {
    let kind = command["type"].as_u64().unwrap_or(1);
    let name = command["name"].as_str().unwrap_or_default();
    form.length(&format!("{path}name"), name, 1, 32);
    let description = command["description"].as_str().unwrap_or_default();
    if kind == 1 {
        check_name(name, path, form);
        form.length(&format!("{path}description"), description, 1, 100);
        check_options(&command["options"], path, 0, form);
    } else {
        let bare = description.is_empty() && list(&command["options"]).is_empty();
        if !bare {
            let words = "Context menu commands cannot have description or options";
            form.add(path, "APPLICATION_COMMAND_CONTEXT_MENU", words);
        }
    }
    if weight(command) > HEAVIEST {
        let words = "Command exceeds maximum size (8000)";
        form.add(path, "APPLICATION_COMMAND_TOO_LARGE", words);
    }
}

fn check_name(name: &str, path: &str, form: &mut FormErrors) {
    let lower = name.to_lowercase() == name;
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '\'');
    let proper = lower && name.chars().all(fits);
    if !name.is_empty() && !proper {
        let words = "Command name is invalid";
        form.add(
            &format!("{path}name"),
            "APPLICATION_COMMAND_INVALID_NAME",
            words,
        );
    }
}

fn check_options(options: &Value, path: &str, depth: u32, form: &mut FormErrors) {
    let options = list(options);
    if options.len() > 25 {
        let words = "Must be 25 or fewer in length.";
        form.add(&format!("{path}options"), "BASE_TYPE_MAX_LENGTH", words);
    }
    let mut optional = false;
    for (at, option) in options.iter().enumerate() {
        let here = format!("{path}options.{at}.");
        let name = option["name"].as_str().unwrap_or_default();
        form.length(&format!("{here}name"), name, 1, 32);
        check_name(name, &here, form);
        let description = option["description"].as_str().unwrap_or_default();
        form.length(&format!("{here}description"), description, 1, 100);
        if options[..at]
            .iter()
            .any(|other| other["name"] == option["name"])
        {
            let words = "Option names must be unique";
            form.add(
                &format!("{here}name"),
                "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATED",
                words,
            );
        }
        let kind = option["type"].as_u64().unwrap_or_default();
        match kind {
            SUB_COMMAND | SUB_COMMAND_GROUP => {
                // A group holds subcommands, a subcommand options.
                let fits = depth == 0 || (depth == 1 && kind == SUB_COMMAND);
                let alike = options.iter().all(|other| is_sub(&other["type"]));
                if !fits || !alike {
                    let words = "Sub-command and sub-command group option types are mutually \
                                 exclusive to all other types";
                    form.add(&here, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", words);
                }
                let depth = if kind == SUB_COMMAND { 2 } else { 1 };
                check_options(&option["options"], &here, depth, form);
            }
            3..=11 => {
                let required = option["required"].as_bool().unwrap_or(false);
                if required && optional {
                    let words = "Required options must be placed before non-required options";
                    form.add(&here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", words);
                }
                optional |= !required;
                check_values(option, kind, &here, form);
            }
            _ => {
                let words = "Value must be one of (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11).";
                form.add(&format!("{here}type"), "BASE_TYPE_CHOICES", words);
            }
        }
    }
}

fn check_values(option: &Value, kind: u64, path: &str, form: &mut FormErrors) {
    let choices = list(&option["choices"]);
    let suggests = option["autocomplete"] == json!(true);
    if choices.len() > 25 {
        let words = "Must be 25 or fewer in length.";
        form.add(&format!("{path}choices"), "BASE_TYPE_MAX_LENGTH", words);
    }
    if (suggests || !choices.is_empty()) && !matches!(kind, 3 | 4 | 10) {
        let words = "Only strings and numbers can be chosen or suggested";
        form.add(path, "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", words);
    }
    if suggests && !choices.is_empty() {
        let words = "Choices and autocomplete exclude each other";
        form.add(path, "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", words);
    }
    check_choices(&choices, kind, &format!("{path}choices"), form);
    for key in ["min_length", "max_length"] {
        if option[key].as_u64().is_some_and(|length| length > 6_000) {
            let words = "int value should be less than or equal to 6000.";
            form.add(&format!("{path}{key}"), "NUMBER_TYPE_MAX", words);
        }
    }
}

/// Checks what is offered: by a definition, or while somebody types.
pub(crate) fn check_choices(choices: &[Value], kind: u64, path: &str, form: &mut FormErrors) {
    for (at, choice) in choices.iter().enumerate() {
        let name = choice["name"].as_str().unwrap_or_default();
        form.length(&format!("{path}.{at}.name"), name, 1, 100);
        let value = &choice["value"];
        let fits = match kind {
            3 => value
                .as_str()
                .is_some_and(|text| (1..=100).contains(&text.chars().count())),
            4 => value.is_i64() || value.is_u64(),
            _ => value.is_number(),
        };
        if !fits {
            let words = "Could not interpret the value as one of the option's type.";
            form.add(&format!("{path}.{at}.value"), "BASE_TYPE_BAD_TYPE", words);
        }
    }
}

/// Checks what somebody filled in, as Discord's own client does before it sends. While they still
/// type, what is missing is not asked for.
pub(crate) fn check_filled(command: &Value, given: &Value, is_typing: bool, form: &mut FormErrors) {
    let (mut defined, mut given) = (list(&command["options"]), list(given));
    while let Some(sub) = given
        .first()
        .filter(|first| is_sub(&first["type"]))
        .cloned()
    {
        let same = |o: &&Value| o["name"] == sub["name"] && o["type"] == sub["type"];
        let Some(known) = defined.iter().find(same).cloned() else {
            let words = "There is no such subcommand";
            form.add("data.options", "APPLICATION_COMMAND_UNKNOWN_OPTION", words);
            return;
        };
        defined = list(&known["options"]);
        given = list(&sub["options"]);
    }
    if defined.iter().any(|option| is_sub(&option["type"])) {
        let words = "A subcommand is needed";
        form.add("data.options", "BASE_TYPE_REQUIRED", words);
        return;
    }
    for option in &given {
        let name = option["name"].as_str().unwrap_or_default();
        let path = format!("data.options.{name}");
        let same = |o: &&Value| o["name"] == option["name"] && o["type"] == option["type"];
        match defined.iter().find(same) {
            Some(_) if option["focused"] == json!(true) && is_typing => {}
            Some(known) => check_given(known, &option["value"], &path, form),
            None => {
                let words = "There is no such option";
                form.add(&path, "APPLICATION_COMMAND_UNKNOWN_OPTION", words);
            }
        }
    }
    let missing = defined
        .iter()
        .filter(|known| known["required"] == json!(true))
        .filter(|known| given.iter().all(|option| option["name"] != known["name"]));
    for known in missing.filter(|_| !is_typing) {
        let name = known["name"].as_str().unwrap_or_default();
        let words = "This field is required";
        form.add(&format!("data.options.{name}"), "BASE_TYPE_REQUIRED", words);
    }
}

fn check_given(known: &Value, value: &Value, path: &str, form: &mut FormErrors) {
    let wrong = |form: &mut FormErrors| {
        let words = "The value does not fit the option";
        form.add(path, "APPLICATION_COMMAND_OPTION_VALUE_INVALID", words);
    };
    let choices = list(&known["choices"]);
    if !choices.is_empty() && choices.iter().all(|choice| choice["value"] != *value) {
        return wrong(form);
    }
    match known["type"].as_u64() {
        Some(3) => {
            let Some(text) = value.as_str() else {
                return wrong(form);
            };
            let length = |key: &str, otherwise: u64| {
                usize::try_from(known[key].as_u64().unwrap_or(otherwise)).unwrap_or(6_000)
            };
            let (least, most) = (length("min_length", 0), length("max_length", 6_000));
            form.length(path, text, least, most);
        }
        Some(4 | 10) => {
            let Some(number) = value.as_f64() else {
                return wrong(form);
            };
            let whole = known["type"] != json!(4) || value.is_i64() || value.is_u64();
            let low = known["min_value"].as_f64().is_some_and(|min| number < min);
            let high = known["max_value"].as_f64().is_some_and(|max| number > max);
            if !whole || low || high {
                wrong(form);
            }
        }
        Some(5) if !value.is_boolean() => wrong(form),
        Some(6..=9) if crate::snowflake::read(value).is_none() => wrong(form),
        _ => {}
    }
}

fn is_sub(kind: &Value) -> bool {
    matches!(kind.as_u64(), Some(SUB_COMMAND | SUB_COMMAND_GROUP))
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn weight(part: &Value) -> usize {
    let text = |key: &str| part[key].as_str().map_or(0, |text| text.chars().count());
    let inner = ["options", "choices"]
        .into_iter()
        .flat_map(|key| list(&part[key]))
        .map(|inner| weight(&inner));
    text("name") + text("description") + text("value") + inner.sum::<usize>()
}
