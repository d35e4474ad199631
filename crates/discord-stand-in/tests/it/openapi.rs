//! Every request and answer of a long day against Discord's own OpenAPI description, where that has the path.
//! The file lies beside the checkout, not in it; without it there is nothing to compare with, and the test says so.

use std::path::Path;

use jsonschema::Registry;
use serde_json::{Value, json};

use crate::scenario;
use crate::support::Exchange;

const ROOT: &str = "urn:discord";

/// The description's path that fits, with the fewest holes.
fn template<'a>(paths: &'a Value, path: &str) -> Option<&'a str> {
    let path = path.split('?').next().unwrap();
    let steps: Vec<&str> = path.split('/').collect();
    let hole = |step: &str| step.starts_with('{');
    let fits = |known: &&String| {
        let known: Vec<&str> = known.split('/').collect();
        known.len() == steps.len()
            && known
                .iter()
                .zip(&steps)
                .all(|(known, step)| hole(known) || known == step)
    };
    let holes = |known: &&String| known.split('/').filter(|step| hole(step)).count();
    let all = paths.as_object().unwrap().keys();
    all.filter(fits).min_by_key(holes).map(String::as_str)
}

/// The pointer to the schema of an answer; `Ok(None)` if there is none to check, `Err` if the status is unknown.
fn answer_schema(spec: &Value, operation: &str, status: u16) -> Result<Option<String>, String> {
    let answers = spec.pointer(&format!("{operation}/responses")).unwrap();
    let class = format!("{}XX", status / 100);
    let exact = status.to_string();
    let key = [exact.as_str(), class.as_str()]
        .into_iter()
        .find(|key| answers.get(key).is_some());
    let Some(key) = key else {
        return Err(format!("status {status} is not described"));
    };
    let at = match answers[key]["$ref"].as_str() {
        Some(other) => other.trim_start_matches('#').to_owned(),
        None => format!("{operation}/responses/{key}"),
    };
    let schema = format!("{at}/content/application~1json/schema");
    Ok(spec.pointer(&schema).map(|_| schema))
}

/// Where the stand-in knows better: the description is generated, and lags behind the documentation.
fn is_known(path: &str, complaint: &str) -> bool {
    // Form errors carry words for codes; the description has numbers there.
    complaint.starts_with("/errors: ")
        // Forwards have reference type 1; the description knows only 0.
        || complaint.contains("message_reference/type: 1 ")
        || (complaint.starts_with("/message_reference: ") && complaint.contains("\"type\":1"))
        // Documented without `has_more`; whoever does not ask for it reads both.
        || (path.ends_with("/threads/active") && complaint.contains("\"has_more\""))
}

/// What the description has against `body`.
fn complaints(registry: &Registry<'_>, pointer: &str, body: &Value) -> Vec<String> {
    let schema =
        json!({"$ref": format!("{ROOT}#{}", pointer.replace('{', "%7B").replace('}', "%7D"))});
    let validator = jsonschema::options().with_registry(registry).build(&schema);
    let validator = validator.unwrap_or_else(|why| panic!("{pointer}: {why}"));
    let errors = validator.iter_errors(body);
    errors
        .map(|why| format!("{}: {}", why.instance_path(), shorten(&why.to_string())))
        .collect()
}

fn shorten(text: &str) -> String {
    text.chars().take(400).collect()
}

#[tokio::test]
async fn requests_and_answers_are_as_the_description_says() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/discord/openapi.json"
    );
    if !Path::new(file).exists() {
        eprintln!("SKIPPED: Discord's description is not beside the checkout ({file})");
        return;
    }
    let spec: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let registry = Registry::new().add(ROOT, spec.clone()).unwrap();
    let registry = registry.prepare().unwrap();
    let day = scenario::play().await;
    let mut wrong = Vec::new();
    let (mut requests, mut answers) = (0, 0);
    for exchange in &day.exchanges {
        let Some(template) = template(&spec["paths"], &exchange.path) else {
            continue;
        };
        let Exchange { method, path, .. } = exchange;
        let lower = method.to_lowercase();
        let operation = format!("/paths/{}/{lower}", template.replace('/', "~1"));
        if spec.pointer(&operation).is_none() {
            continue;
        }
        let body = format!("{operation}/requestBody/content/application~1json/schema");
        let accepted = exchange.status < 400 && !exchange.sent.is_null();
        if accepted && spec.pointer(&body).is_some() {
            requests += 1;
            let found = complaints(&registry, &body, &exchange.sent);
            for why in found.iter().filter(|why| !is_known(path, why)) {
                wrong.push(format!("{method} {path}: the request: {why}"));
            }
        }
        match answer_schema(&spec, &operation, exchange.status) {
            Ok(Some(schema)) => {
                answers += 1;
                let found = complaints(&registry, &schema, &exchange.answered);
                for why in found.iter().filter(|why| !is_known(path, why)) {
                    wrong.push(format!("{method} {path}: the answer: {why}"));
                }
            }
            Ok(None) => {}
            Err(why) => wrong.push(format!("{method} {path}: {why}")),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} complaints:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(
        requests > 30 && answers > 90,
        "{requests} requests, {answers} answers"
    );
}
