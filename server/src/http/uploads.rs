//! Files that come with a form: each handed to the desk as it arrives, with words for each that is
//! not taken.
//!
//! A form that is refused forgets its files; a browser does not send them again by itself, and the
//! form says so. What a file is and where it goes is the desk's affair.

use axum::extract::multipart::Field as Part;
use desk::files::{FileStoreError, NewFile, NotTaken};
use desk::{DeskError, House};
use domain::file::clean_name;
use domain::{Field, Invalid};

/// How much a multipart body says around each file.
const AROUND: usize = 4 << 10;

const AGAIN: &str = "Choose your files again: a browser forgets them when a form comes back.";
const CUT_OFF: &str = "A file did not arrive whole. Choose your files again.";

/// The files of one form.
pub(crate) struct Uploads<'d> {
    house: &'d House,
    files: Vec<NewFile>,
    problems: Vec<Invalid>,
    /// Files that were begun, taken or not.
    begun: u32,
    away: Option<FileStoreError>,
}

impl<'d> Uploads<'d> {
    pub(crate) fn new(house: &'d House) -> Self {
        Self {
            house,
            files: Vec::new(),
            problems: Vec::new(),
            begun: 0,
            away: None,
        }
    }

    /// The most bytes that all files together may have in a body.
    pub(crate) fn most(&self) -> usize {
        let limits = self.house.file_limits();
        let files = usize::try_from(limits.max_files).unwrap_or(usize::MAX);
        let each = usize::try_from(limits.max_bytes).unwrap_or(usize::MAX);
        each.saturating_add(AROUND).saturating_mul(files)
    }

    /// Whether there are files at all.
    pub(crate) fn have_begun(&self) -> bool {
        self.begun > 0
    }

    /// Has one file taken in, or notes why not.
    pub(crate) async fn take(&mut self, mut part: Part<'_>) {
        let given = part.file_name().unwrap_or_default().to_owned();
        let name = clean_name(&given);
        let limits = self.house.file_limits();
        if self.begun >= limits.max_files {
            // An input without a choice sends an empty part; more than the limit is a choice.
            if !given.is_empty() {
                self.begun += 1;
                self.refuse(limits.too_many());
            }
            return self.skip(part).await;
        }
        if !given.is_empty() {
            self.begun += 1;
        }
        match self.house.take_file(&given, &mut part).await {
            Ok(file) if given.is_empty() => {
                // Bytes without a name come from no browser; they are a file all the same.
                self.begun += 1;
                self.files.push(file);
            }
            Ok(file) => self.files.push(file),
            Err(NotTaken::Empty) if given.is_empty() => {}
            Err(NotTaken::Empty) => self.refuse(format!(
                "“{name}” is empty. Send it without this file, or choose another."
            )),
            Err(NotTaken::TooLarge) => {
                self.begun = self.begun.max(1);
                self.refuse(limits.too_large(&name));
                self.skip(part).await;
            }
            Err(NotTaken::Source(_)) => {
                self.begun = self.begun.max(1);
                self.refuse(limits.too_large(&name));
            }
            Err(NotTaken::Store(error)) => {
                self.begun = self.begun.max(1);
                self.away = Some(error);
                self.skip(part).await;
            }
        }
    }

    /// Reads over what is left of a file. If that is cut off, so is what follows.
    async fn skip(&self, mut part: Part<'_>) {
        while let Ok(Some(_)) = part.chunk().await {}
    }

    /// The body ended within or after a file.
    pub(crate) fn cut_off(&mut self) {
        if self.problems.is_empty() {
            self.refuse(CUT_OFF.to_owned());
        }
    }

    fn refuse(&mut self, why: String) {
        if self.problems.iter().all(|problem| problem.why != why) {
            self.problems.push(Invalid::new(Field::Files, why));
        }
    }

    /// The files, or why the form cannot be taken with them; `errors` get the words.
    pub(crate) async fn all(
        &mut self,
        errors: &mut Vec<Invalid>,
    ) -> Result<Vec<NewFile>, DeskError> {
        errors.append(&mut self.problems);
        if let Some(error) = self.away.take() {
            self.discard().await;
            return Err(error.into());
        }
        if errors.is_empty() {
            return Ok(self.files.clone());
        }
        if !self.files.is_empty() && errors.iter().all(|error| error.field != Field::Files) {
            errors.push(Invalid::new(Field::Files, AGAIN));
        }
        self.discard().await;
        Ok(Vec::new())
    }

    /// Forgets the files.
    pub(crate) async fn discard(&mut self) {
        self.house.discard_files(&self.files).await;
        self.files.clear();
    }
}
