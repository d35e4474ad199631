use super::*;
use std::collections::BTreeSet;

fn vars(pairs: &[(&str, &str)]) -> Vars {
    pairs
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect()
}

fn complete() -> Vars {
    vars(&[
        ("DISCORD_TOKEN", "token-that-nobody-sees"),
        ("CLIENT_ID", "100000000000000001"),
        ("DISCORD_CLIENT_SECRET", "secret-that-nobody-sees"),
        ("GUILD_ID", "100000000000000002"),
        ("DISCORD_SUPPORT_CHANNEL_ID", "100000000000000003"),
        ("DISCORD_STAFF_ROLE_ID", "100000000000000004"),
    ])
}

/// Settings that can be read, with these among them.
pub(crate) fn sample(pairs: &[(&str, &str)]) -> Config {
    let mut all = complete();
    all.extend(vars(pairs));
    Config::from_vars(&all).expect("all that is required")
}

fn with(key: &str, value: &str) -> Vars {
    let mut vars = complete();
    vars.insert(key.to_owned(), value.to_owned());
    vars
}

fn refused(vars: &Vars) -> Vec<String> {
    match Config::from_vars(vars) {
        Ok(_) => Vec::new(),
        Err(Problems(problems)) => problems.into_iter().map(|p| p.key).collect(),
    }
}

#[test]
fn six_settings_are_enough() {
    let config = Config::from_vars(&complete()).unwrap();
    assert_eq!(config.listen, "127.0.0.1:3000".parse().unwrap());
    assert_eq!(config.public_url, "http://127.0.0.1:3000");
    assert_eq!(
        config.database_url.expose(),
        "sqlite://./data/threadline.db?mode=rwc"
    );
    assert_eq!(config.guild.staff_role, RoleId(100_000_000_000_000_004));
    assert!(!config.is_https());
}

#[test]
fn threads_and_notes_are_as_the_guild_wants_them() {
    let usual = Config::from_vars(&complete()).unwrap().guild;
    assert_eq!(usual.thread_kind, domain::ThreadKind::Private);
    assert_eq!(usual.notes, domain::NotesInDiscord::Prefix);
    assert_eq!(usual.thread_budget, 950);
    let forum = Config::from_vars(&with("THREAD_KIND", "forum")).unwrap();
    assert_eq!(forum.guild.thread_kind, domain::ThreadKind::Forum);
    let notes = Config::from_vars(&with("NOTES_IN_DISCORD", "reply-command")).unwrap();
    assert_eq!(notes.guild.notes, domain::NotesInDiscord::ReplyCommand);
    for (key, value) in [
        ("THREAD_KIND", "Forum"),
        ("NOTES_IN_DISCORD", "always"),
        ("THREAD_BUDGET", "0"),
        ("THREAD_BUDGET", "1001"),
        ("THREAD_BUDGET", "many"),
    ] {
        assert_eq!(refused(&with(key, value)), [key], "{value}");
    }
}

#[test]
fn all_problems_are_named_at_once() {
    assert_eq!(
        refused(&vars(&[
            ("LISTEN", "here"),
            ("PUBLIC_URL", "https://help.example.com/desk"),
            ("GUILD_ID", "my server"),
            ("DATABASE_URL", "mysql://root@localhost/x"),
            ("LOG_FORMAT", "xml"),
            ("DISCORD_PUBLIC_KEY", "short"),
            ("CLIENT_ID", "  "),
        ])),
        [
            "DISCORD_TOKEN",
            "CLIENT_ID",
            "DISCORD_CLIENT_SECRET",
            "DISCORD_PUBLIC_KEY",
            "GUILD_ID",
            "DISCORD_SUPPORT_CHANNEL_ID",
            "DISCORD_STAFF_ROLE_ID",
            "LISTEN",
            "PUBLIC_URL",
            "DATABASE_URL",
            "LOG_FORMAT",
        ]
    );
}

#[test]
fn no_secret_is_printed() {
    let mut vars = complete();
    vars.insert(
        "REGISTER_SECRET".to_owned(),
        "register-that-nobody-sees".to_owned(),
    );
    vars.insert(
        "DATABASE_URL".to_owned(),
        "postgres://u:pass-that-nobody-sees@h/d".to_owned(),
    );
    let printed = format!("{:?}", Config::from_vars(&vars).unwrap());
    assert!(!printed.contains("nobody-sees"), "{printed}");
    assert!(printed.contains("(set)"));

    vars.insert(
        "DISCORD_TOKEN".to_owned(),
        "Bot token that nobody-sees".to_owned(),
    );
    vars.insert("GUILD_ID".to_owned(), "secret-that-nobody-sees".to_owned());
    let problems = Config::from_vars(&vars).unwrap_err();
    assert!(!format!("{problems} {problems:?}").contains("nobody-sees"));
}

#[test]
fn a_public_address_loses_its_slash_and_nothing_else() {
    let public = |text| Config::from_vars(&with("PUBLIC_URL", text)).map(|c| c.public_url);
    assert_eq!(
        public("https://help.example.com/").as_deref(),
        Ok("https://help.example.com")
    );
    assert_eq!(
        public("http://10.0.0.7:8080").as_deref(),
        Ok("http://10.0.0.7:8080")
    );
    for bad in [
        "help.example.com",
        "ftp://x.org",
        "https://x.org/a",
        "https://u:p@x.org",
        "https://x.org?a",
    ] {
        assert_eq!(refused(&with("PUBLIC_URL", bad)), ["PUBLIC_URL"], "{bad}");
    }
}

#[test]
fn listening_to_the_world_needs_a_public_address() {
    assert_eq!(refused(&with("LISTEN", "0.0.0.0:80")), ["PUBLIC_URL"]);
}

#[test]
fn files_are_in_the_data_folder_or_in_a_bucket() {
    let plain = Config::from_vars(&complete()).unwrap();
    let FilesAt::Folder(folder) = &plain.files_at else {
        panic!("a folder");
    };
    assert_eq!(folder, std::path::Path::new("./data/files"));
    assert_eq!(plain.file_limits, FileLimits::default());
    let mut vars = with("FILES_URL", "s3://desk/files/eu");
    assert_eq!(
        refused(&vars),
        ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    );
    vars.insert("AWS_ACCESS_KEY_ID".to_owned(), "key".to_owned());
    vars.insert(
        "AWS_SECRET_ACCESS_KEY".to_owned(),
        "that-nobody-sees".to_owned(),
    );
    vars.insert("FILE_MAX_MB".to_owned(), "8".to_owned());
    vars.insert("FILES_PER_MESSAGE".to_owned(), "3".to_owned());
    let config = Config::from_vars(&vars).unwrap();
    assert!(!format!("{config:?}").contains("nobody-sees"));
    assert_eq!(config.file_limits.words(), "Up to 3 files, 8 MB each.");
    let FilesAt::Bucket(bucket) = config.files_at else {
        panic!("a bucket");
    };
    assert_eq!(
        (bucket.name.as_str(), bucket.prefix.as_str()),
        ("desk", "files/eu")
    );
    for bad in ["/srv/files", "http://x/y", "s3://", "s3://u@b/c"] {
        assert_eq!(refused(&with("FILES_URL", bad)), ["FILES_URL"], "{bad}");
    }
    for bad in ["0", "-1", "many", "1000"] {
        assert_eq!(refused(&with("FILE_MAX_MB", bad)), ["FILE_MAX_MB"], "{bad}");
    }
}

#[test]
fn a_stand_in_is_on_this_machine_and_has_an_authority() {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, "PEM").unwrap();
    let mut vars = with("DISCORD_STAND_IN", "http://127.0.0.1:4000/");
    assert_eq!(refused(&vars), ["DISCORD_STAND_IN_CA"]);
    vars.insert("DISCORD_STAND_IN_CA".to_owned(), ca.display().to_string());
    let stand_in = Config::from_vars(&vars).unwrap().stand_in.unwrap();
    assert_eq!(stand_in.origin, "http://127.0.0.1:4000");
    assert_eq!(stand_in.ca_pem, "PEM");
    for bad in [
        "http://192.168.0.2:4000",
        "https://127.0.0.1:4000",
        "http://discord.com",
        "127.0.0.1:4000",
    ] {
        vars.insert("DISCORD_STAND_IN".to_owned(), bad.to_owned());
        assert_eq!(refused(&vars), ["DISCORD_STAND_IN"], "{bad}");
    }
}

#[test]
fn the_sample_lists_every_setting_and_no_other() {
    let sample = include_str!("../../../.env.sample");
    let named: BTreeSet<&str> = sample
        .lines()
        .filter_map(|line| line.trim_start_matches('#').trim_start().split_once('='))
        .map(|(name, _)| name)
        .filter(|name| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
        .collect();
    assert_eq!(named, BTreeSet::from(KEYS));
    // It parses, and what it leaves empty is asked for by name.
    let parsed: Vars = dotenvy::from_read_iter(sample.as_bytes())
        .map(Result::unwrap)
        .collect();
    assert_eq!(
        refused(&parsed),
        [
            "DISCORD_TOKEN",
            "CLIENT_ID",
            "DISCORD_CLIENT_SECRET",
            "GUILD_ID",
            "DISCORD_SUPPORT_CHANNEL_ID",
            "DISCORD_STAFF_ROLE_ID"
        ]
    );
}

#[test]
fn a_card_is_asked_for_with_an_address_and_a_secret_or_not_at_all() {
    assert!(Config::from_vars(&complete()).unwrap().cards_at.is_none());
    let both = |url: &str, secret: &str| {
        let mut vars = with("CUSTOMER_CARD_URL", url);
        vars.insert("CUSTOMER_CARD_SECRET".to_owned(), secret.to_owned());
        vars
    };
    let (url, secret) = ("https://shop.example.com/card", "sixteen-or-more!");
    let config = Config::from_vars(&both(url, secret)).unwrap();
    assert!(config.secrets().contains(&secret.to_owned()));
    assert_eq!(config.cards_at.unwrap().url.as_str(), url);
    for (vars, key) in [
        (both(url, ""), "CUSTOMER_CARD_SECRET"),
        (both("", secret), "CUSTOMER_CARD_URL"),
        (both(url, "too short"), "CUSTOMER_CARD_SECRET"),
        (both("shop.example.com", secret), "CUSTOMER_CARD_URL"),
        (both("file:///etc/passwd", secret), "CUSTOMER_CARD_URL"),
        (
            both("http://shop.example.com/card", secret),
            "CUSTOMER_CARD_URL",
        ),
        (
            both("https://me:pass@shop.example.com/", secret),
            "CUSTOMER_CARD_URL",
        ),
    ] {
        assert_eq!(refused(&vars), [key]);
    }
}
