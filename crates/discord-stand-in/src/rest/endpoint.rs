//! The other way to tell the bot of an interaction: a signed POST to the application's endpoint.
//! It posts, waits three seconds, and feeds an inline answer to the same door as the callback route.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::hub::Hub;
use crate::world::applications::Application;
use crate::world::attachments::hex;

/// The time that an endpoint has.
const PATIENCE: Duration = Duration::from_secs(3);

fn client(url: &str) -> Option<reqwest::Client> {
    reqwest::Client::builder()
        .timeout(PATIENCE)
        .no_proxy()
        // Reading who may vouch takes longer than a request in which nobody has to.
        .tls_built_in_root_certs(url.starts_with("https:"))
        .user_agent("Discord-Interactions/1.0 (+https://discord.com)")
        .build()
        .ok()
}

async fn signed(hub: &Hub, url: &str, body: &Value, honest: bool) -> Option<(u16, Value)> {
    let bytes = body.to_string().into_bytes();
    let timestamp = (hub.clock.now_ms() / 1000).to_string();
    let signature = if honest {
        Application::sign(&timestamp, &bytes)
    } else {
        hex(&[0x5a; 64])
    };
    let sent = client(url)?
        .post(url)
        .header("content-type", "application/json")
        .header("x-signature-ed25519", signature)
        .header("x-signature-timestamp", timestamp)
        .body(bytes)
        .send()
        .await
        .ok()?;
    let status = sent.status().as_u16();
    let json = sent.json().await.unwrap_or_default();
    Some((status, json))
}

/// Whether an endpoint answers a ping and refuses a bad signature, as it must to be saved.
pub(crate) async fn is_sound(hub: &Hub, url: &str) -> bool {
    if url.is_empty() {
        return true;
    }
    let ping = hub.with(|inner| {
        let world = &mut inner.world;
        json!({
            "id": world.new_id().to_string(), "application_id": world.application.id.to_string(),
            "type": 1, "token": "ping", "version": 1, "user": world.user_json(world.guild.owner_id),
            "entitlements": [], "authorizing_integration_owners": {}, "attachment_size_limit": 10_485_760,
        })
    });
    let answered = signed(hub, url, &ping, true).await;
    let ponged = answered.is_some_and(|(status, body)| status == 200 && body["type"] == json!(1));
    let refused = signed(hub, url, &ping, false).await;
    ponged && refused.is_some_and(|(status, _)| status == 401)
}

/// Posts an interaction and takes an inline answer. The callback route stays open for a 202.
pub(crate) async fn post(hub: Arc<Hub>, id: u64) {
    let prepared = hub.with(|inner| {
        let world = &inner.world;
        let url = world.application.endpoint_url.clone()?;
        let interaction = world.interactions.get(&id)?;
        Some((
            url,
            interaction.token.clone(),
            world.interaction_json(interaction),
        ))
    });
    let Some((url, token, body)) = prepared else {
        return;
    };
    let answered = signed(&hub, &url, &body, true).await;
    hub.with(|inner| {
        let went = match answered {
            Some((200, answer)) => inner
                .world
                .call_back(id, &token, &answer, Vec::new())
                .map(drop),
            Some((202 | 204, _)) => Ok(()),
            Some(_) | None => {
                inner.world.fail_interaction(id);
                Ok(())
            }
        };
        if let Err(refusal) = went {
            tracing::warn!(code = refusal.code, "the endpoint's answer was refused");
            inner.world.fail_interaction(id);
        }
    });
}
