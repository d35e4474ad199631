//! The desk's answers as Discord's: messages for one pair of eyes, menus, forms, suggestions.
//!
//! Whatever is answered calls nobody and keeps Discord's limits; a text that is too long is cut
//! rather than refused. It sends nothing.

use super::{ONLY_THEM, Place};
use crate::{custom_id, port, write};
use desk::commands::{Answer, Asked, COMMANDS, Control, Form, Menu, Reply, Row, Suggestion, Takes};
use domain::text::{discord_len, head, split};
use serenity::all::{
    AutocompleteChoice, ButtonStyle, ChannelType, CreateActionRow, CreateAutocompleteResponse,
    CreateButton, CreateEmbed, CreateInputText, CreateInteractionResponse,
    CreateInteractionResponseMessage, CreateModal, CreateSelectMenu, CreateSelectMenuKind,
    CreateSelectMenuOption, EditInteractionResponse, InputTextStyle, RoleId,
};

const CONTENT: usize = 2_000;
const DESCRIPTION: usize = 4_096;
/// All that may stand below the words of one message: Discord's limit, less what mended code adds.
const DESCRIPTIONS: usize = 5_900;
const TITLE: usize = 45;
const LABEL: usize = 100;
const FIELDS: usize = 5;

/// Said when a form was to be shown, but too late for one.
const TOO_LATE: &str = "That took too long for a form. Please try again.";

/// The first answer.
pub(super) fn at_once(place: Place, answer: Answer) -> CreateInteractionResponse {
    match answer {
        Answer::Form(form) => CreateInteractionResponse::Modal(modal(form)),
        Answer::Say(_) | Answer::Board(_) => {
            let shown = Shown::from(answer);
            let message = CreateInteractionResponseMessage::new()
                .content(shown.words)
                .allowed_mentions(write::no_mentions())
                .embeds(shown.embeds)
                .components(shown.rows);
            match place {
                Place::Below => CreateInteractionResponse::Message(message.flags(ONLY_THEM)),
                Place::Instead => CreateInteractionResponse::UpdateMessage(message),
            }
        }
    }
}

/// An answer will follow.
pub(super) fn announcement(place: Place) -> CreateInteractionResponse {
    match place {
        Place::Below => CreateInteractionResponse::Defer(
            CreateInteractionResponseMessage::new().flags(ONLY_THEM),
        ),
        Place::Instead => CreateInteractionResponse::Acknowledge,
    }
}

/// The answer that was announced.
pub(super) fn later(answer: Answer) -> EditInteractionResponse {
    let shown = Shown::from(answer);
    EditInteractionResponse::new()
        .content(shown.words)
        .allowed_mentions(write::no_mentions())
        .embeds(shown.embeds)
        .components(shown.rows)
}

/// What could be meant.
pub(super) fn suggestions(
    asked: &Asked,
    option: &str,
    found: Vec<Suggestion>,
) -> CreateInteractionResponse {
    let is_number = COMMANDS
        .iter()
        .filter(|command| command.does == asked.act.does)
        .flat_map(|command| command.options)
        .any(|o| o.name == option && o.takes == Takes::Ticket);
    let choices = found.into_iter().take(25).map(|(name, value)| {
        let name = cut(&name, LABEL);
        match value.parse::<i64>() {
            Ok(number) if is_number => AutocompleteChoice::new(name, number),
            _ => AutocompleteChoice::new(name, value),
        }
    });
    let response = CreateAutocompleteResponse::new().set_choices(choices.collect());
    CreateInteractionResponse::Autocomplete(response)
}

/// What a person can quote and the log has: not the secret itself.
pub(super) fn reference(secret: &str) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    secret.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// An answer in words, as Discord takes it.
struct Shown {
    words: String,
    embeds: Vec<CreateEmbed>,
    rows: Vec<CreateActionRow>,
}

impl From<Answer> for Shown {
    fn from(answer: Answer) -> Self {
        let (words, detail, rows) = match answer {
            Answer::Say(say) => {
                let rows = say.menu.into_iter().map(row).collect();
                (say.words, say.detail, rows)
            }
            Answer::Board(board) => {
                let rows = board.rows.into_iter().take(5).map(row_of).collect();
                (board.words, board.detail, rows)
            }
            Answer::Form(_) => (TOO_LATE.to_owned(), None, Vec::new()),
        };
        let detail = detail.unwrap_or_default();
        let (above, below) = detail.split_at(surplus(&detail));
        let words = match above {
            "" => words,
            above => format!("{words}\n{above}"),
        };
        let pieces = split(below, DESCRIPTION);
        let pieces = pieces.iter().filter(|piece| !piece.trim().is_empty());
        Self {
            words: cut(&words, CONTENT),
            embeds: pieces
                .map(|piece| CreateEmbed::new().description(piece.as_ref()))
                .collect(),
            rows,
        }
    }
}

/// How much of a text is too long to stand below the words, in bytes: it begins above.
fn surplus(detail: &str) -> usize {
    let too_many = discord_len(detail).saturating_sub(DESCRIPTIONS);
    let mut counted = 0;
    let above = detail.chars().take_while(|c| {
        let goes_above = counted < too_many;
        counted += c.len_utf16();
        goes_above
    });
    above.map(char::len_utf8).sum()
}

fn row_of(of: Row) -> CreateActionRow {
    match of {
        Row::Menu(menu) => row(menu),
        Row::Channels(pick) => {
            let now = pick.now.map(|channel| vec![port::channel(channel.get())]);
            let kind = CreateSelectMenuKind::Channel {
                channel_types: Some(vec![ChannelType::Text, ChannelType::Forum]),
                default_channels: now,
            };
            pick_row(&pick.control, pick.hint, kind)
        }
        Row::Roles(pick) => {
            let now = pick.now.map(|role| vec![RoleId::new(role.get().max(1))]);
            let kind = CreateSelectMenuKind::Role { default_roles: now };
            pick_row(&pick.control, pick.hint, kind)
        }
        Row::Buttons(controls) => {
            let button = |control: &Control| {
                CreateButton::new(custom_id::name(control))
                    .label(control.label())
                    .style(ButtonStyle::Secondary)
            };
            CreateActionRow::Buttons(controls.iter().take(5).map(button).collect())
        }
    }
}

fn pick_row(control: &Control, hint: &str, kind: CreateSelectMenuKind) -> CreateActionRow {
    let select = CreateSelectMenu::new(custom_id::name(control), kind);
    CreateActionRow::SelectMenu(select.placeholder(hint))
}

fn row(menu: Menu) -> CreateActionRow {
    let options = menu
        .lines
        .iter()
        .take(25)
        .map(|line| {
            let option = CreateSelectMenuOption::new(cut(&line.label, LABEL), &line.value)
                .default_selection(line.now);
            match &line.about {
                Some(about) => option.description(cut(about, LABEL)),
                None => option,
            }
        })
        .collect();
    let kind = CreateSelectMenuKind::String { options };
    let select = CreateSelectMenu::new(custom_id::name(&menu.control), kind);
    CreateActionRow::SelectMenu(select.placeholder(menu.hint))
}

fn modal(form: Form) -> CreateModal {
    // Rows, not labels: the client that we read submissions with loses what labels hold.
    let rows = form.fields.iter().take(FIELDS).map(|field| {
        let style = match field.reply {
            Reply::Line => InputTextStyle::Short,
            Reply::Paragraph => InputTextStyle::Paragraph,
        };
        CreateActionRow::InputText(
            CreateInputText::new(style, cut(&field.label, TITLE), &field.name)
                .min_length(field.min)
                .max_length(field.max)
                .required(field.min > 0),
        )
    });
    CreateModal::new(custom_id::name(&form.control), cut(&form.title, TITLE))
        .components(rows.collect())
}

fn cut(text: &str, most: usize) -> String {
    head(text, most).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use desk::commands::{Board, Field, Line, Pick, Say, Step};
    use domain::TicketId;
    use serde_json::{Value, json};

    fn wire(response: &CreateInteractionResponse) -> Value {
        serde_json::to_value(response).unwrap()
    }

    #[test]
    fn an_answer_is_for_one_pair_of_eyes_and_calls_nobody() {
        let sent = wire(&at_once(Place::Below, "Ticket #12 is yours.".into()));
        assert_eq!(sent["type"], 4);
        assert_eq!(sent["data"]["content"], "Ticket #12 is yours.");
        assert_eq!(sent["data"]["flags"], 64);
        assert_eq!(
            sent["data"]["allowed_mentions"],
            json!({"parse": [], "users": [], "roles": []})
        );
        assert_eq!(sent["data"]["components"], json!([]));
    }

    #[test]
    fn a_menu_names_what_a_choice_does() {
        let menu = Menu {
            control: Control::SetPriority(TicketId(41)),
            hint: "Priority".to_owned(),
            lines: vec![Line {
                label: "High".to_owned(),
                about: None,
                value: "high".to_owned(),
                now: true,
            }],
        };
        let say = Say {
            words: "The priority of ticket #12 is high.".to_owned(),
            detail: None,
            menu: Some(menu),
        };
        let sent = wire(&at_once(Place::Below, Answer::Say(say)));
        let menu = &sent["data"]["components"][0]["components"][0];
        assert_eq!(menu["custom_id"], "v1:setpriority:41");
        assert_eq!(menu["options"][0]["default"], true);
    }

    #[test]
    fn a_board_has_a_row_for_each_choice() {
        let board = Board {
            words: "Setting up".to_owned(),
            detail: None,
            rows: vec![
                Row::Channels(Pick {
                    control: Control::SetUp(Step::Channel),
                    hint: "Where",
                    now: Some(domain::ChannelId(7)),
                }),
                Row::Roles(Pick {
                    control: Control::SetUp(Step::Role),
                    hint: "Who",
                    now: None,
                }),
                Row::Buttons(vec![Control::SetUp(Step::Check)]),
            ],
        };
        let sent = wire(&at_once(Place::Instead, Answer::Board(board)));
        let rows = &sent["data"]["components"];
        let part = |row: usize| rows[row]["components"][0].clone();
        assert_eq!((&part(0)["type"], &part(1)["type"]), (&json!(8), &json!(6)));
        assert_eq!(part(0)["custom_id"], "v1:setup:channel");
        // Discord takes numbers for ids, too.
        assert_eq!(part(0)["default_values"][0]["id"], 7);
        assert_eq!(part(2)["custom_id"], "v1:setup:check");
        assert_eq!(sent["type"], 7);
    }

    #[test]
    fn a_choice_is_answered_in_its_place() {
        let sent = wire(&at_once(Place::Instead, "Done.".into()));
        assert_eq!(sent["type"], 7);
        assert_eq!(wire(&announcement(Place::Instead))["type"], 6);
        let deferred = wire(&announcement(Place::Below));
        assert_eq!(
            (deferred["type"].clone(), deferred["data"]["flags"].clone()),
            (json!(5), json!(64))
        );
        let edit = serde_json::to_value(later("Done.".into())).unwrap();
        assert_eq!(edit["components"], json!([]));
    }

    #[test]
    fn a_form_is_a_row_for_each_field() {
        let form = Form {
            control: Control::File("question".to_owned()),
            title: "x".repeat(60),
            fields: vec![
                Field {
                    name: "text".to_owned(),
                    label: "What is it about?".to_owned(),
                    reply: Reply::Paragraph,
                    min: 10,
                    max: 1_000,
                },
                Field {
                    name: "q7".to_owned(),
                    label: "Order".to_owned(),
                    reply: Reply::Line,
                    min: 0,
                    max: 20,
                },
            ],
        };
        let sent = wire(&at_once(Place::Below, Answer::Form(form)));
        assert_eq!(sent["type"], 9);
        assert_eq!(sent["data"]["custom_id"], "v1:file:question");
        assert_eq!(sent["data"]["title"].as_str().unwrap().len(), TITLE);
        let row = &sent["data"]["components"][0];
        assert_eq!(row["type"], 1);
        let input = &row["components"][0];
        assert_eq!(
            (
                &input["min_length"],
                &input["max_length"],
                &input["required"]
            ),
            (&json!(10), &json!(1_000), &json!(true))
        );
        let second = &sent["data"]["components"][1]["components"][0];
        assert_eq!(
            (&second["custom_id"], &second["style"], &second["required"]),
            (&json!("q7"), &json!(1), &json!(false))
        );
        assert_eq!(input["style"], 2);
    }

    #[test]
    fn what_is_too_long_is_cut() {
        let say = Say {
            words: "x".repeat(3_000),
            detail: Some("y".repeat(5_000)),
            menu: None,
        };
        let sent = wire(&at_once(Place::Below, Answer::Say(say)));
        assert_eq!(sent["data"]["content"].as_str().unwrap().len(), CONTENT);
        let below = |n: usize| sent["data"]["embeds"][n]["description"].as_str().unwrap();
        assert!(below(0).len() <= DESCRIPTION);
        assert_eq!(below(0).len() + below(1).len(), 5_000);
    }

    #[test]
    fn what_is_too_long_for_below_begins_above() {
        let written: String = ('a'..='e').map(|c| c.to_string().repeat(1_500)).collect();
        let say = Say {
            words: "Not now.".to_owned(),
            detail: Some(written.clone()),
            menu: None,
        };
        let sent = wire(&at_once(Place::Below, Answer::Say(say)));
        let mut shown = sent["data"]["content"].as_str().unwrap().to_owned();
        for embed in sent["data"]["embeds"].as_array().unwrap() {
            shown.push_str(embed["description"].as_str().unwrap());
        }
        assert_eq!(shown, format!("Not now.\n{written}"));
    }
}
