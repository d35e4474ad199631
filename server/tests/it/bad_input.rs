//! What people and programs send that they should not: a clear answer, the right status, nothing
//! lost of what was typed, nothing of ours in it.

use crate::visitor::{Page, Visitor};
use crate::world::*;
use reqwest::Method;
use reqwest::multipart::{Form, Part};

/// A whole form, with one field replaced.
async fn send(visitor: &Visitor, field: &str, value: &str) -> Page {
    let mut fields = vec![
        ("email", "jane@example.com"),
        ("subject", "Late parcel"),
        ("category", "question"),
        ("body", "Where is it?"),
    ];
    for pair in &mut fields {
        if pair.0 == field {
            pair.1 = value;
        }
    }
    visitor.post("/new", &fields).await
}

fn nothing_of_ours(page: &Page) {
    for word in ["panicked", "sqlx", "SELECT", "src/", "DbErr", "stack"] {
        assert!(!page.text.contains(word), "{word} in {}", page.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_fields_are_named_and_everything_typed_is_kept() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let long_subject = "é".repeat(121);
    let long_body = "x".repeat(100_000);
    let everyone = "@everyone ".repeat(10_000);
    for (field, value) in [
        ("email", ""),
        ("email", "   "),
        ("email", "not an address"),
        ("email", "jane@example.com\nbcc: all@example.com"),
        ("subject", ""),
        ("subject", "\u{200b} \u{200b}"),
        ("subject", &long_subject),
        ("category", ""),
        ("category", "no-such-category"),
        ("body", ""),
        ("body", " \n "),
        ("body", &long_body),
        ("body", &everyone),
    ] {
        let page = send(&jane, field, value).await;
        assert_eq!(page.status, 422, "{field}");
        assert!(page.text.contains("aria-invalid"), "{field}");
        nothing_of_ours(&page);
        for kept in ["jane@example.com", "Late parcel", "Where is it?"] {
            let replaced = match field {
                "email" => "jane@example.com",
                "subject" => "Late parcel",
                "body" => "Where is it?",
                _ => "",
            };
            assert!(
                kept == replaced || page.text.contains(kept),
                "{field}: {kept}"
            );
        }
        if value.len() > 10_000 {
            assert!(
                page.text.contains(value.trim_end()),
                "{field} is kept whole"
            );
        }
    }
    assert_eq!(world.threads().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_is_text_on_the_web_and_harmless_in_discord() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let script = "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let page = send(&jane, "subject", script).await;
    assert_eq!(page.status, 303);
    let ticket = page.location();
    jane.reply(&ticket, script).await;
    jane.reply(
        &ticket,
        "# big **bold** [x](javascript:alert(1)) 🧑‍🤝‍🧑 مرحبا \u{202e}abc",
    )
    .await;
    for markdown in [
        "**<script>alert(1)</script>** ||<img src=x onerror=alert(1)>||",
        "[<img src=x onerror=alert(1)>](https://a.example) <javascript:alert(1)>",
        "https://a.example/\"onmouseover=\"alert(1) [a](https://a.example/\"onmouseover=\"alert(1))",
        "```\n</code></pre><script>alert(1)</script>\n``` `</code><script>alert(1)</script>`",
        "]]><script>alert(1)</script> &lt;script&gt;alert(1)&lt;/script&gt; --><script>alert(1)</script>",
    ] {
        jane.reply(&ticket, markdown).await;
    }
    let mira = world.person(true);
    let desk = Visitor::new(&world);
    desk.sign_in(&world, &mira).await;
    for page in [
        jane.get(&ticket).await,
        jane.get("/my").await,
        desk.get("/staff").await,
        desk.get("/staff/tickets/1").await,
    ] {
        assert_eq!(page.status, 200);
        assert!(!page.text.contains("<script>alert"), "{}", page.text);
        assert!(!page.text.contains("<img src=x"), "{}", page.text);
        assert!(!page.text.contains("href=\"javascript:"));
        // Behind the page itself, the dashboard's data repeat the texts in a script's strings.
        let markup = page.text.split("</html>").next().unwrap();
        assert!(!markup.contains("\"onmouseover="), "{markup}");
    }
    // What means something in markdown is shown so, on both sides.
    for page in [jane.get(&ticket).await, desk.get("/staff/tickets/1").await] {
        assert!(
            page.text.contains("big <strong>bold</strong>"),
            "{}",
            page.text
        );
    }
    // A refused form shows it again, in its fields.
    let refused = jane
        .post(
            "/new",
            &[
                ("email", script),
                ("subject", script),
                ("body", script),
                ("category", script),
            ],
        )
        .await;
    assert_eq!(refused.status, 422);
    assert!(!refused.text.contains("<script>alert"));
    world.thread_with(1, 4).await;
    world.settled().await;
    let pings = world.discord.world()["notifications"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(pings, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_and_tampered_links_are_one_and_the_same_page() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let mut tampered = ticket.clone();
    let last = if tampered.pop() == Some('A') {
        'B'
    } else {
        'A'
    };
    tampered.push(last);
    let unknown = format!("/t/{}", "A".repeat(32));
    let reference = jane.get(&unknown).await;
    assert_eq!(reference.status, 404);
    let long = format!("/t/{}", "x".repeat(5_000));
    for path in [
        &tampered,
        "/t/x",
        "/t/%00",
        "/t/%ff%fe",
        &long,
        "/t/..%2f..%2fetc",
    ] {
        let page = jane.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        assert_eq!(page.text, reference.text, "{path}");
        let posted = jane.post(path, &[("body", "hello")]).await;
        assert_eq!(posted.status, 404, "{path}");
    }
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_form_sent_twice_is_one_ticket() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let key = jane.get("/new").await.hidden("request_key");
    let fields = [
        ("email", "jane@example.com"),
        ("subject", "Late parcel"),
        ("category", "question"),
        ("body", "Where is it?"),
        ("request_key", key.as_str()),
    ];
    let (first, second) = tokio::join!(jane.post("/new", &fields), jane.post("/new", &fields));
    assert_eq!(first.location(), second.location());
    world.thread_with(1, 2).await;
    world.settled().await;
    assert_eq!(world.threads().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_come_as_multipart_too() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let none_chosen = Part::bytes(vec![]).file_name("");
    let form = Form::new()
        .text("email", "jane@example.com")
        .text("subject", "Late parcel")
        .text("category", "question")
        .text("body", "Where is it?")
        .part("files", none_chosen);
    let request = jane.request(Method::POST, "/new").multipart(form);
    assert_eq!(jane.send(request).await.status, 303);
    world.thread_with(1, 2).await;
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_requests_get_their_status_and_a_page() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let post = |kind: &str, body: &str| {
        jane.request(Method::POST, "/new")
            .header("content-type", kind)
            .body(body.to_owned())
    };
    let cut_off = "--b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\njane@exa";
    for (request, status) in [
        (jane.request(Method::PUT, "/new"), 405),
        (jane.request(Method::DELETE, "/"), 405),
        (jane.request(Method::GET, "/no/such/page"), 404),
        (jane.request(Method::GET, "/staff/settings"), 401),
        (jane.request(Method::POST, "/api/interactions"), 401),
        (jane.request(Method::GET, "/api/register-commands"), 405),
        (post("application/json", "{}"), 415),
        (post("text/plain", "email=a"), 415),
        (post("multipart/form-data; boundary=b", cut_off), 400),
        (post("multipart/form-data", "no boundary"), 400),
        (
            post(
                "application/x-www-form-urlencoded",
                &"body=".repeat(500_000),
            ),
            413,
        ),
    ] {
        let page = jane.send(request).await;
        assert_eq!(page.status, status, "{}", page.text);
        nothing_of_ours(&page);
    }
    assert_eq!(world.threads().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_of_other_sites_are_refused() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let close = format!("{ticket}/close");
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let request = jane.request(Method::POST, &close).header(name, value);
        let page = jane.send(request).await;
        assert_eq!(page.status, 403, "{name}: {value}");
    }
    let request = jane
        .request(Method::POST, &close)
        .header("origin", &world.base);
    assert_eq!(jane.send(request).await.status, 303);
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_say_what_browsers_must_not_do_with_them() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    for path in ["/", "/new", &ticket, "/my", "/no/such/page"] {
        let page = jane.get(path).await;
        let header = |name: &str| {
            page.headers
                .get(name)
                .map(|v| v.to_str().unwrap().to_owned())
        };
        assert_eq!(
            header("x-content-type-options").as_deref(),
            Some("nosniff"),
            "{path}"
        );
        assert_eq!(
            header("referrer-policy").as_deref(),
            Some("same-origin"),
            "{path}"
        );
        let policy = header("content-security-policy").unwrap();
        assert!(policy.contains("script-src 'self'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
    }
    assert_eq!(jane.send(jane.request(Method::HEAD, "/")).await.status, 200);
    world.settled().await;
}
