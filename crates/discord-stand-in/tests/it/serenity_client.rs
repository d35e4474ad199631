//! serenity as the product uses it: TLS to discord.com with the rate limiter on, the gateway beside it.
//! Whatever the stand-in sends, serenity must read: not one event may arrive as unknown.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use serenity::all::{
    ButtonStyle, ChannelId, ChannelType, Context, CreateActionRow, CreateAllowedMentions,
    CreateAttachment, CreateButton, CreateEmbed, CreateInteractionResponse,
    CreateInteractionResponseMessage, CreateMessage, CreateThread, EditMessage, EditThread, Event,
    EventHandler, GatewayIntents, Guild, Http, HttpBuilder, Interaction, Message, Nonce,
    RawEventHandler, ReactionType, Ready,
};
use serenity::async_trait;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::support::{PATIENCE, World, at, id};

#[derive(Debug)]
enum Seen {
    Ready,
    Guild(Box<Guild>),
    Message(Box<Message>),
    Pressed(Box<Interaction>),
    Last,
}

struct Eyes(UnboundedSender<Seen>);

#[async_trait]
impl EventHandler for Eyes {
    async fn ready(&self, _: Context, _: Ready) {
        self.0.send(Seen::Ready).ok();
    }
    async fn guild_create(&self, _: Context, guild: Guild, _: Option<bool>) {
        self.0.send(Seen::Guild(Box::new(guild))).ok();
    }
    async fn message(&self, _: Context, message: Message) {
        self.0.send(Seen::Message(Box::new(message))).ok();
    }
    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        self.0.send(Seen::Pressed(Box::new(interaction))).ok();
    }
}

/// What serenity could not read, and the end of a scene.
#[derive(Clone)]
struct Strangers {
    list: Arc<Mutex<Vec<String>>>,
    seen: UnboundedSender<Seen>,
}

#[async_trait]
impl RawEventHandler for Strangers {
    async fn raw_event(&self, _: Context, event: Event) {
        match event {
            Event::Unknown(unknown) => self.list.lock().unwrap().push(format!("{unknown:?}")),
            Event::ChannelDelete(_) => {
                self.seen.send(Seen::Last).ok();
            }
            _ => {}
        }
    }
}

fn http(world: &World) -> Arc<Http> {
    let ca = reqwest::Certificate::from_pem(world.stand_in.ca_pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder()
        .use_native_tls()
        .no_proxy()
        .timeout(PATIENCE)
        .resolve("discord.com", world.stand_in.addr())
        .tls_built_in_root_certs(false)
        .add_root_certificate(ca)
        .build()
        .unwrap();
    let settings = world.stand_in.settings();
    let id = settings.client_id.parse::<u64>().unwrap();
    let http = HttpBuilder::new(settings.bot_token)
        .client(client)
        .application_id(id.into());
    Arc::new(http.build())
}

struct Bot {
    http: Arc<Http>,
    seen: UnboundedReceiver<Seen>,
    strangers: Strangers,
    task: tokio::task::JoinHandle<()>,
}

impl Bot {
    async fn connect(world: &World) -> Self {
        let (sender, seen) = unbounded_channel();
        let strangers = Strangers {
            list: Arc::default(),
            seen: sender.clone(),
        };
        let intents = GatewayIntents::GUILDS
            | GatewayIntents::GUILD_MEMBERS
            | GatewayIntents::GUILD_MESSAGES
            | GatewayIntents::GUILD_MESSAGE_REACTIONS
            | GatewayIntents::GUILD_MESSAGE_TYPING
            | GatewayIntents::MESSAGE_CONTENT;
        let own = Arc::try_unwrap(http(world)).ok().unwrap();
        let mut client = serenity::client::ClientBuilder::new_with_http(own, intents)
            .event_handler(Eyes(sender))
            .raw_event_handler(strangers.clone())
            .await
            .unwrap();
        let url = client.ws_url.lock().await.clone();
        assert!(url.starts_with("ws://127.0.0.1:"), "{url}");
        let task = tokio::spawn(async move { client.start().await.unwrap() });
        Self {
            http: http(world),
            seen,
            strangers,
            task,
        }
    }

    async fn next(&mut self) -> Seen {
        tokio::time::timeout(PATIENCE, self.seen.recv())
            .await
            .expect("nothing came")
            .unwrap()
    }

    async fn message(&mut self) -> Message {
        loop {
            if let Seen::Message(message) = self.next().await {
                return *message;
            }
        }
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn thread(name: &str) -> CreateThread<'_> {
    CreateThread::new(name)
        .kind(ChannelType::PrivateThread)
        .invitable(false)
}

#[tokio::test(flavor = "multi_thread")]
async fn serenity_connects_opens_a_thread_and_sends_once() {
    let world = World::start().await;
    let mut bot = Bot::connect(&world).await;
    let mut guild = None;
    let mut ready = false;
    while !ready || guild.is_none() {
        match bot.next().await {
            Seen::Ready => ready = true,
            Seen::Guild(found) => guild = Some(found),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(guild.unwrap().channels.len(), 3);
    let made = ChannelId::new(world.support())
        .create_thread(&bot.http, thread("#1 Sails"))
        .await
        .unwrap();
    assert_eq!(made.kind, ChannelType::PrivateThread);
    let message = || {
        CreateMessage::new()
            .content("hello @everyone")
            .embed(
                CreateEmbed::new()
                    .title("Ticket")
                    .field("Status", "open", true),
            )
            .components(vec![CreateActionRow::Buttons(vec![
                CreateButton::new("close")
                    .label("Close")
                    .style(ButtonStyle::Danger),
            ])])
            .allowed_mentions(CreateAllowedMentions::new())
            .nonce(Nonce::String("outbox-1".to_owned()))
            .enforce_nonce(true)
    };
    let first = made.id.send_message(&bot.http, message()).await.unwrap();
    let second = made.id.send_message(&bot.http, message()).await.unwrap();
    assert_eq!(first.id, second.id);
    assert_eq!(bot.message().await.id, first.id);
    let shown = world.stand_in.world();
    assert_eq!(
        shown["messages"][made.id.to_string()]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(shown["notifications"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn serenity_waits_out_a_limit_and_sends_again() {
    let world = World::start().await;
    let http = http(&world);
    let made = ChannelId::new(world.support())
        .create_thread(&http, thread("#1"))
        .await
        .unwrap();
    let fault = json!([{"route": "POST /channels/{id}/messages", "action": "rate_limited", "retry_after": 1}]);
    world.control(Method::PUT, "faults", fault).await;
    let began = Instant::now();
    made.id
        .send_message(&http, CreateMessage::new().content("patient"))
        .await
        .unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
    let statuses: Vec<Value> = world.stand_in.world()["requests"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|request| request["path"].as_str().unwrap().ends_with("/messages"))
        .map(|request| request["status"].clone())
        .collect();
    assert_eq!(statuses, [json!(429), json!(200)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_reaches_serenity_and_its_answer_the_thread() {
    let world = World::start().await;
    let mut bot = Bot::connect(&world).await;
    while !matches!(bot.next().await, Seen::Guild(_)) {}
    let made = world.bot().thread("#1").await;
    let button = CreateButton::new("close").label("Close");
    let card = CreateMessage::new().content("card").button(button);
    let card = ChannelId::new(made)
        .send_message(&bot.http, card)
        .await
        .unwrap();
    let jonas = world.person("Jonas");
    let press = json!({
        "type": 3, "application_id": world.stand_in.settings().client_id,
        "guild_id": world.guild().to_string(), "channel_id": made.to_string(),
        "message_id": card.id.to_string(), "session_id": "test",
        "data": {"component_type": 2, "custom_id": "close"},
    });
    jonas.done(Method::POST, "/interactions", press).await;
    let pressed = loop {
        if let Seen::Pressed(pressed) = bot.next().await {
            break pressed;
        }
    };
    let component = pressed.message_component().unwrap();
    assert_eq!(component.data.custom_id, "close");
    assert_eq!(component.user.name, "jonas.lind");
    assert!(
        component
            .member
            .as_ref()
            .unwrap()
            .permissions
            .unwrap()
            .manage_threads()
    );
    let said = CreateInteractionResponseMessage::new().content("closed by Jonas");
    component
        .create_response(&bot.http, CreateInteractionResponse::Message(said))
        .await
        .unwrap();
    let answer = component.get_response(&bot.http).await.unwrap();
    assert_eq!(answer.content, "closed by Jonas");
    assert_eq!(
        bot.strangers.list.lock().unwrap().as_slice(),
        [] as [String; 0]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn serenity_and_twilight_read_every_event() {
    let world = World::start().await;
    world
        .control(Method::PUT, "limits", json!({"enabled": false}))
        .await;
    let mut bot = Bot::connect(&world).await;
    while !matches!(bot.next().await, Seen::Guild(_)) {}
    let http = bot.http.clone();
    let (mira, jonas, aiko) = (
        world.person("Mira"),
        world.person("Jonas"),
        world.person("Aiko"),
    );
    let general = world.support() - 1;

    // Messages of every kind.
    let made = ChannelId::new(world.support())
        .create_thread(&http, thread("#1"))
        .await
        .unwrap();
    let file = CreateAttachment::bytes(b"log".to_vec(), "log.txt");
    let sent = made
        .id
        .send_message(&http, CreateMessage::new().content("file").add_file(file))
        .await
        .unwrap();
    sent.clone()
        .edit(&http, EditMessage::new().content("file, edited"))
        .await
        .unwrap();
    sent.react(&http, ReactionType::Unicode("✅".to_owned()))
        .await
        .unwrap();
    let own = at(
        made.id.get(),
        &format!("/messages/{}/reactions/%E2%9C%85/@me", sent.id),
    );
    jonas.done(Method::PUT, &own, Value::Null).await;
    jonas.done(Method::DELETE, &own, Value::Null).await;
    let said = jonas
        .say(made.id.get(), &format!("{} look", aiko.mention()))
        .await;
    let reply = json!({"content": "reply", "message_reference": {"message_id": said.to_string()}});
    aiko.done(Method::POST, &at(made.id.get(), "/messages"), reply)
        .await;
    let pin = at(made.id.get(), &format!("/messages/pins/{said}"));
    mira.done(Method::PUT, &pin, Value::Null).await;
    mira.done(Method::DELETE, &pin, Value::Null).await;
    jonas
        .done(Method::POST, &at(made.id.get(), "/typing"), Value::Null)
        .await;
    let gone = jonas.say(made.id.get(), "gone").await;
    jonas
        .done(
            Method::DELETE,
            &at(made.id.get(), &format!("/messages/{gone}")),
            Value::Null,
        )
        .await;
    let two = [
        jonas.say(made.id.get(), "1").await.to_string(),
        jonas.say(made.id.get(), "2").await.to_string(),
    ];
    mira.done(
        Method::POST,
        &at(made.id.get(), "/messages/bulk-delete"),
        json!({"messages": two}),
    )
    .await;
    mira.done(
        Method::DELETE,
        &at(made.id.get(), &format!("/messages/{}/reactions", sent.id)),
        Value::Null,
    )
    .await;

    // Threads of every kind.
    made.id
        .edit_thread(
            &http,
            EditThread::new()
                .name("#1 Sails")
                .archived(true)
                .locked(true),
        )
        .await
        .unwrap();
    made.id
        .edit_thread(&http, EditThread::new().archived(false).locked(false))
        .await
        .unwrap();
    let member = at(made.id.get(), &format!("/thread-members/{}", mira.id));
    let bot_rest = world.bot();
    bot_rest.done(Method::PUT, &member, Value::Null).await;
    bot_rest.done(Method::DELETE, &member, Value::Null).await;
    let topic = jonas.say(general, "a topic").await;
    let on = at(general, &format!("/messages/{topic}/threads"));
    jonas
        .done(Method::POST, &on, json!({"name": "Topic"}))
        .await;
    jonas
        .done(
            Method::POST,
            &at(general, "/threads"),
            json!({"name": "Open", "type": 11}),
        )
        .await;
    mira.done(Method::DELETE, &at(topic, ""), Value::Null).await;
    let forum = json!({"name": "ideas", "type": 15, "available_tags": [{"name": "new"}]});
    let forum = id(&mira
        .done(
            Method::POST,
            &format!("/guilds/{}/channels", world.guild()),
            forum,
        )
        .await);
    let post = json!({"name": "Idea", "message": {"content": "more wind"}});
    let post = jonas.done(Method::POST, &at(forum, "/threads"), post).await;
    assert_eq!(post["id"], post["message"]["id"]);

    // Commands, and what people do with them.
    let option = json!({"type": 6, "name": "who", "description": "Who", "required": true});
    let list = json!([
        {"name": "assign", "description": "Assign", "options": [option]},
        {"name": "Make a ticket", "type": 3},
    ]);
    let path = format!("/applications/{}/commands", bot_rest.id);
    let commands = bot_rest.done(Method::PUT, &path, list).await;
    let base = json!({
        "application_id": bot_rest.id.to_string(), "guild_id": world.guild().to_string(),
        "channel_id": made.id.to_string(), "session_id": "test", "type": 2,
    });
    let mut run = base.clone();
    let given = json!([{"type": 6, "name": "who", "value": aiko.id.to_string()}]);
    run["data"] = json!({"id": commands[0]["id"], "name": "assign", "type": 1, "options": given});
    jonas.done(Method::POST, "/interactions", run).await;
    let mut menu = base.clone();
    menu["data"] = json!({"id": commands[1]["id"], "type": 3, "target_id": said.to_string()});
    jonas.done(Method::POST, "/interactions", menu).await;

    // People, roles, channels.
    let role = world.stand_in.settings().staff_role_id;
    let role = format!("/guilds/{}/members/{}/roles/{role}", world.guild(), aiko.id);
    mira.done(Method::DELETE, &role, Value::Null).await;
    mira.done(Method::PATCH, &at(general, ""), json!({"topic": "News"}))
        .await;
    let kick = format!(
        "/guilds/{}/members/{}",
        world.guild(),
        world.person("Sam").id
    );
    mira.done(Method::DELETE, &kick, Value::Null).await;
    mira.done(Method::DELETE, &at(forum, ""), Value::Null).await;

    while !matches!(bot.next().await, Seen::Last) {}
    assert_eq!(
        bot.strangers.list.lock().unwrap().as_slice(),
        [] as [String; 0]
    );
    let counters = world.stand_in.world()["counters"].clone();
    assert_eq!(counters["undecodable_events"], 0);
    assert!(counters["events"].as_u64().unwrap() > 40, "{counters}");
}
