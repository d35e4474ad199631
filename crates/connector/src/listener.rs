//! Listening to a gateway session that lives in this process: its frames are heard exactly as
//! those of a socket. It connects to nothing and heeds no heartbeat.

use super::ears::Ears;
use super::hearing::{self, Heard};
use desk::bridge::RemoteEvent;
use serde_json::Value;
use serenity::all::GatewayEvent;
use std::sync::Arc;
use tokio::sync::mpsc::Receiver;

/// The number of the only run there is.
const RUN: u64 = 1;

/// Hears frames, one after the other.
pub struct Listener {
    ears: Ears,
    heard: Receiver<Heard>,
}

impl Default for Listener {
    fn default() -> Self {
        let (line, heard) = hearing::line(Arc::default());
        line.switch_to(RUN);
        Self {
            ears: Ears::new(line, RUN),
            heard,
        }
    }
}

impl Listener {
    /// The facts in a frame. Interactions are none.
    pub fn hear(&mut self, frame: Value) -> Result<Vec<RemoteEvent>, serde_json::Error> {
        if let GatewayEvent::Dispatch(_, event) = serde_json::from_value(frame)? {
            self.ears.hear(event);
        }
        let mut facts = Vec::new();
        while let Ok(heard) = self.heard.try_recv() {
            if let Heard::Fact(fact) = heard {
                facts.push(*fact);
            }
        }
        Ok(facts)
    }
}
