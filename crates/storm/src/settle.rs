//! The weather clears: nothing fails any more, people put right what they put wrong, and everything
//! that is still to be done is done.

use crate::jobs::Came;
use crate::town::Town;
use crate::wire::Fate;
use anyhow::{Result, bail};
use desk::bridge::Step;
use serde_json::json;

/// Rounds after which something turns in circles.
const ROUNDS: u32 = 400;

impl Town {
    /// Until nothing is left to do.
    pub async fn settle(&mut self) -> Result<()> {
        self.clock.live();
        self.note("the weather clears");
        self.clears_up();
        if self.sockets.is_none() && !self.is_connected() {
            self.connect();
        }
        self.give_back();
        self.run_dry().await?;
        // Whoever put something wrong in Discord puts it right, and staff press "retry".
        for thread in self.discord.threads() {
            let admin = self.staff_people();
            let path = format!("/channels/{thread}");
            if let Some(admin) = admin.first() {
                let body = json!({"locked": false, "archived": false});
                let _ = self
                    .discord
                    .ask(&admin.token, "PATCH", &path, &[], &body, Vec::new());
            }
        }
        let numbers: Vec<i64> = self.model.tickets.iter().map(|t| t.number).collect();
        for number in numbers {
            let staff = self.a_staff();
            let desk = self.desk();
            let retry = async move {
                desk.retry_delivery(&staff, number).await?;
                // And a last word on the state, so that the thread is shaped by the desk again.
                desk.reopen(&staff, number).await?;
                desk.close(&staff, number).await?;
                if number % 2 == 0 {
                    desk.reopen(&staff, number).await?;
                }
                Ok::<(), desk::DeskError>(())
            };
            match self.whole(retry).await {
                Some(done) => done?,
                None => bail!("nobody crashes in fair weather"),
            }
        }
        self.run_dry().await?;
        self.replace_lost_threads().await?;
        self.run_dry().await?;
        if self.gaps {
            // Only a comparison finds what no event told.
            for _ in 0..=self.model.tickets.len() {
                self.clock.advance(1_000);
                let desk = self.desk();
                let comparing = async move { desk.reconcile_step().await };
                if let Some(done) = self.whole(comparing).await {
                    done?;
                }
                self.run_dry().await?;
            }
        }
        Ok(())
    }

    async fn run_dry(&mut self) -> Result<()> {
        if self.sockets.is_some() {
            return self.until_at_rest().await;
        }
        for _ in 0..ROUNDS {
            let mut did = self.end_jobs().await?;
            did |= self.hear_all().await?;
            did |= self.read_all().await?;
            did |= self.keep_all().await?;
            did |= self.make_room().await?;
            let waiting = {
                let desk = self.desk();
                let health = async move { desk.health().await };
                match self.whole(health).await {
                    Some(health) => {
                        let health = health?;
                        health.outbox_waiting + health.files_wanted
                    }
                    None => bail!("nobody crashes in fair weather"),
                }
            };
            if !did && waiting == 0 && self.jobs.is_empty() {
                return Ok(());
            }
            if !did {
                self.clock.advance(1_000);
            }
        }
        bail!("the bridge does not come to rest")
    }

    /// Counts the active threads, as the bridge does on its own every few minutes.
    async fn make_room(&mut self) -> Result<bool> {
        let desk = self.desk();
        let counting = async move { desk.budget_step().await };
        match self.whole(counting).await {
            Some(made) => {
                let made = made?;
                if made > 0 {
                    self.note(format!("count: {made} make room"));
                }
                Ok(made > 0)
            }
            None => bail!("nobody crashes in fair weather"),
        }
    }

    async fn end_jobs(&mut self) -> Result<bool> {
        let mut did = false;
        while let Some(mut job) = self.jobs.pop() {
            did = true;
            match job.held.take() {
                Some(answer) => self.wire.deliver(job.request, answer),
                None => self.wire.decide(job.request, Fate::Fine),
            }
            if self.go_on(job).await.is_none() {
                bail!("nobody crashes in fair weather");
            }
        }
        Ok(did)
    }

    async fn hear_all(&mut self) -> Result<bool> {
        let mut did = false;
        self.listen();
        while let Some(frame) = self.frames.pop_front() {
            did = true;
            let kind = frame["t"].as_str().unwrap_or_default().to_owned();
            for fact in self.facts(frame)? {
                if self.take_in(&kind, fact).await.is_none() {
                    bail!("nobody crashes in fair weather");
                }
                self.end_jobs().await?;
            }
            self.listen();
        }
        Ok(did)
    }

    async fn read_all(&mut self) -> Result<bool> {
        for _ in 0..ROUNDS {
            let desk = self.desk();
            let reading = async move { desk.catch_up_one().await };
            match self.whole(reading).await {
                Some(Ok(None)) => return Ok(false),
                Some(Ok(Some(true))) => {}
                Some(Ok(Some(false))) => self.clock.advance(1_000),
                Some(Err(error)) => bail!("a thread could not be read: {error}"),
                None => bail!("nobody crashes in fair weather"),
            }
        }
        bail!("reading does not come to an end")
    }

    async fn keep_all(&mut self) -> Result<bool> {
        let mut did = false;
        for _ in 0..ROUNDS {
            let desk = self.desk();
            let step = async move { Came::Step(desk.outbox_step().await) };
            match self.whole_step(step).await {
                Some(Came::Step(Ok(Step::Idle))) => break,
                Some(Came::Step(Ok(step))) => {
                    did = true;
                    if step == Step::Parked {
                        self.waits_for_a_person("see the trace");
                    }
                    self.note(format!("outbox: {step:?}"));
                }
                Some(Came::Step(Err(error))) => bail!("the outbox failed: {error}"),
                _ => bail!("nobody crashes in fair weather"),
            }
        }
        for _ in 0..ROUNDS {
            let desk = self.desk();
            let step = async move { desk.fetch_step().await };
            match self.whole(step).await {
                Some(Ok(Step::Idle)) => break,
                Some(Ok(step)) => {
                    did = true;
                    self.note(format!("fetch: {step:?}"));
                }
                Some(Err(error)) => bail!("files could not be fetched: {error}"),
                None => bail!("nobody crashes in fair weather"),
            }
        }
        Ok(did)
    }
}
