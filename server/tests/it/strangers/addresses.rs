//! Every address of the web, as it is asked for by somebody of another guild, and those that are
//! everybody's.
//!
//! The calls of the dashboard are listed by the program itself, the rest by its source; here stands
//! how each is filled in. What must be answered is not known.

use reqwest::Method;
use std::path::Path;

/// What has no guild, asks for another proof than a session of staff, or is the guild's public face.
pub const FOR_EVERYBODY: [&str; 15] = [
    "/",
    "/api/events", // Has a test of its own.
    "/api/health",
    "/api/interactions", // Proven by Discord's signature.
    "/api/register-commands",
    "/auth/discord",
    "/auth/discord/callback",
    "/auth/sign-out",
    "/g/{slug}",
    "/g/{slug}/new",
    "/g/{slug}/staff", // Leads to the staff's pages, which are asked for.
    "/g/{slug}/staff/{*page}",
    "/metrics",
    "/my", // By what the browser itself holds.
    "/new",
];

/// What a guild has, by which it can be asked for.
#[derive(Debug, Default)]
pub struct Ids {
    pub number: String,
    pub messages: Vec<String>,
    pub files: Vec<String>,
    pub promises: Vec<String>,
    pub channel: String,
    pub role: String,
    pub category: String,
    pub reply: String,
    pub question: String,
}

impl Ids {
    /// As many, of things that are nowhere.
    pub fn of_nothing(&self) -> Self {
        let each = |some: &[String]| vec!["999999".to_owned(); some.len().max(1)];
        Self {
            number: "7777".to_owned(),
            messages: each(&self.messages),
            files: each(&self.files),
            promises: each(&self.promises),
            channel: "1200000000000099999".to_owned(),
            role: "1200000000000099998".to_owned(),
            category: "nosuch".to_owned(),
            reply: "nosuch".to_owned(),
            question: "nosuch".to_owned(),
        }
    }
}

/// What goes along.
#[derive(Clone, Debug)]
pub enum With {
    Nothing,
    Fields(Vec<(&'static str, String)>),
    Parts(Vec<(&'static str, String)>),
}

/// A request.
#[derive(Clone, Debug)]
pub struct Ask {
    /// As the program declares it.
    pub route: &'static str,
    pub method: Method,
    pub path: String,
    pub send: With,
    /// Whether it names something by its id, and so something that is not there.
    pub names: bool,
}

impl Ask {
    /// Whether it is one of the staff's addresses, where a guild can be named.
    pub fn for_staff(&self) -> bool {
        self.path.starts_with("/staff") || self.path.starts_with("/api/staff")
    }
}

fn get(route: &'static str, path: String) -> Ask {
    Ask {
        route,
        method: Method::GET,
        names: path != route,
        path,
        send: With::Nothing,
    }
}

fn post(route: &'static str, path: String, fields: &[(&'static str, &str)]) -> Ask {
    let fields = fields
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    Ask {
        route,
        method: Method::POST,
        names: path != route,
        path,
        send: With::Fields(fields.collect()),
    }
}

/// The pages that name nothing: what they show of the guild that is looked at.
pub fn pages() -> Vec<Ask> {
    [
        "/staff",
        "/staff/sync",
        "/staff/stats",
        "/staff/doctor",
        "/staff/settings",
        "/staff/settings/categories",
        "/staff/settings/replies",
        "/staff/settings/people",
        "/staff/settings/address",
    ]
    .into_iter()
    .map(|route| get(route, route.to_owned()))
    .collect()
}

/// Every address that takes something, filled in with these.
pub fn asks(ids: &Ids) -> Vec<Ask> {
    let number = &ids.number;
    let ticket = format!("/staff/tickets/{number}");
    let say = vec![
        ("kind", "note".to_owned()),
        ("body", "From next door.".to_owned()),
    ];
    let mut all = vec![
        get("/staff/tickets/{number}", ticket.clone()),
        get(
            "/staff/tickets/{number}/transcript",
            format!("{ticket}/transcript"),
        ),
        get(
            "/staff/tickets/{number}/transcript.json",
            format!("{ticket}/transcript.json"),
        ),
        Ask {
            send: With::Parts(say),
            ..post(
                "/api/staff/say/{number}",
                format!("/api/staff/say/{number}"),
                &[],
            )
        },
        post("/staff/hours/in", "/staff/hours/in".to_owned(), &[]),
        post("/staff/hours/out", "/staff/hours/out".to_owned(), &[]),
    ];
    for file in &ids.files {
        let path = format!("/staff/files/{file}/file.txt");
        all.push(get("/staff/files/{id}/{name}", path.clone()));
        all.push(get("/staff/files/{id}/{name}", format!("{path}?small")));
    }
    // A number is no key to a private link.
    let link = format!("/t/{number}");
    let message = &ids.messages[0];
    let written = [("body", "From next door."), ("request_key", "next-door")];
    for (route, rest) in [
        ("/t/{token}", String::new()),
        ("/t/{token}/transcript", "/transcript".to_owned()),
        ("/t/{token}/transcript.json", "/transcript.json".to_owned()),
        (
            "/t/{token}/files/{id}/{name}",
            format!("/files/{}/file.txt", ids.files[0]),
        ),
    ] {
        all.push(get(route, format!("{link}{rest}")));
    }
    for (route, rest) in [
        ("/t/{token}", String::new()),
        ("/t/{token}/close", "/close".to_owned()),
        ("/t/{token}/reopen", "/reopen".to_owned()),
        ("/t/{token}/discord", "/discord".to_owned()),
        ("/t/{token}/messages/{id}", format!("/messages/{message}")),
        (
            "/t/{token}/messages/{id}/delete",
            format!("/messages/{message}/delete"),
        ),
    ] {
        all.push(post(route, format!("{link}{rest}"), &written));
    }
    all.extend(settings(ids));
    all
}

/// Every form of the settings, about what is named there.
fn settings(ids: &Ids) -> Vec<Ask> {
    let here = |route: &'static str, fields: &[(&'static str, &str)]| {
        post(route, route.to_owned(), fields)
    };
    let (category, reply) = (ids.category.as_str(), ids.reply.as_str());
    let question = format!("{category} {}", ids.question);
    let role = format!("role {}", ids.role);
    let general = "/staff/settings";
    let categories = "/staff/settings/categories";
    let replies = "/staff/settings/replies";
    let people = "/staff/settings/people";
    let words = [("name", "Next door"), ("help", "")];
    vec![
        here(general, &[("do", "save"), ("log_channel", &ids.channel)]),
        here(general, &[("do", "save"), ("panel_channel", &ids.channel)]),
        here(
            categories,
            &[("do", "change"), ("of", category), words[0], words[1]],
        ),
        here(categories, &[("do", "remove"), ("of", category)]),
        here(
            categories,
            &[("do", "ask"), ("of", category), ("question", "Why?")],
        ),
        here(categories, &[("do", "drop"), ("of", &question)]),
        here(
            replies,
            &[
                ("do", "change"),
                ("of", reply),
                words[0],
                ("body", "Next door"),
            ],
        ),
        here(replies, &[("do", "remove"), ("of", reply)]),
        here(people, &[("do", "add-role"), ("role", &ids.role)]),
        here(people, &[("do", "remove"), ("of", &role)]),
        here(
            "/staff/settings/address",
            &[("do", "move"), ("slug", "pixel-co")],
        ),
    ]
}

/// The calls of the dashboard, each with everything that any of them takes.
pub fn calls(ids: &Ids) -> Vec<Ask> {
    let mut all = Vec::new();
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        assert_eq!(method.as_str(), "POST", "{path}");
        let most = ids.messages.len();
        for (message, promise) in (ids.messages.iter().cycle())
            .zip(ids.promises.iter().cycle())
            .take(most)
        {
            let fields = [
                ("number", ids.number.as_str()),
                ("message", message),
                ("id", promise),
                ("kind", "reply"),
                ("body", "From next door."),
                ("request_key", "next-door-0123456789"),
                ("to", "to_me"),
                ("priority", "urgent"),
                ("tag", "next-door"),
                ("tagging", "on"),
                ("reason", "Next door."),
                ("filter", "active"),
            ];
            let mut ask = post("the dashboard's", path.to_owned(), &fields);
            ask.names = !NAME_NOTHING.contains(&path);
            all.push(ask);
        }
    }
    assert!(!all.is_empty(), "the program lists its calls");
    all
}

/// Those that are about the guild that is looked at, whatever they are sent.
const NAME_NOTHING: [&str; 5] = [
    "/api/staff/inbox",
    "/api/staff/quick_replies",
    "/api/staff/retry_all_stuck",
    "/api/staff/sync",
    "/api/staff/tags",
];

/// Every address that the source declares: the server's routes, the settings' and the dashboard's.
pub fn declared() -> Vec<&'static str> {
    let mut found = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http");
    routes_in(&folder, &mut found);
    let sections = app::records::Section::ALL.into_iter();
    found.extend(sections.map(|section| section.path().to_owned()));
    let listed = leptos_axum::generate_route_list(app::StaffApp);
    found.extend(listed.iter().map(|route| route.path().to_owned()));
    let mut found: Vec<&'static str> = found.into_iter().map(|path| &*path.leak()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn routes_in(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            routes_in(&path, found);
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        for declared in source.split(".route(").skip(1) {
            let declared = declared.trim_start();
            let named = declared.split([',', ')']).next().unwrap_or_default().trim();
            match named
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix('"'))
            {
                Some(path) => found.push(path.to_owned()),
                // Its value stands beside it, or is listed above.
                None => found.extend(constant(&source, named)),
            }
        }
    }
}

/// The text of a constant in this source.
fn constant(source: &str, name: &str) -> Option<String> {
    let (_, after) = source.split_once(&format!("const {name}: &str = \""))?;
    Some(after.split_once('"')?.0.to_owned())
}
