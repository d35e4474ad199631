//! How a message's files are spread over posts: with its words, in posts of their own, or as links
//! where Discord would not take them.
//!
//! It decides from sizes alone, so that the promise and each of its tries agree.

use super::words::escape;
use crate::store::entities::attachment::Model as File;
use domain::file::size_words;
use domain::text::head;

/// What Discord takes as one file.
pub(super) const FILE_MAX: u64 = 10 << 20;
/// What one post may carry altogether; Discord's own limit is somewhat higher.
const POST_MAX: u64 = 20 << 20;
/// How many files one post may carry.
const FILES_MAX: usize = 10;
/// How many links fit into one post.
const LINKS_MAX: usize = 5;
/// The longest name in a link.
const NAME_MAX: usize = 80;

/// The number of the first post that has only files: beyond any piece of a text, so that an edit
/// that makes more or fewer pieces moves no file.
const FIRST: i64 = 1_000;

/// Whether a post of this number has nothing of the message's text.
pub(crate) fn has_only_files(chunk: i64) -> bool {
    chunk >= FIRST
}

/// Where each file goes, by its place in the message.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// With the message's first words.
    with_words: Vec<usize>,
    /// In posts that follow.
    further: Vec<Further>,
}

#[derive(Debug, PartialEq, Eq)]
enum Further {
    Files(Vec<usize>),
    Links(Vec<usize>),
}

/// Spreads files of these sizes.
pub(crate) fn plan(sizes: impl Iterator<Item = u64>) -> Plan {
    let mut posts = vec![Vec::new()];
    let mut links = Vec::new();
    let mut weight = 0;
    for (at, size) in sizes.enumerate() {
        if size > FILE_MAX {
            links.push(at);
            continue;
        }
        let last = posts.len() - 1;
        if posts[last].len() == FILES_MAX || weight + size > POST_MAX {
            posts.push(Vec::new());
            weight = 0;
        }
        weight += size;
        let last = posts.len() - 1;
        posts[last].push(at);
    }
    let mut posts = posts.into_iter();
    let with_words = posts.next().unwrap_or_default();
    let links = links
        .chunks(LINKS_MAX)
        .map(|some| Further::Links(some.to_vec()));
    Plan {
        with_words,
        further: posts.map(Further::Files).chain(links).collect(),
    }
}

impl Plan {
    /// The numbers of the posts beyond the message's words.
    pub(crate) fn further_chunks(&self) -> impl Iterator<Item = i64> + use<> {
        (FIRST..).take(self.further.len())
    }

    /// The places of the files that a post carries.
    pub(crate) fn files(&self, chunk: i64) -> &[usize] {
        match (chunk, self.at(chunk)) {
            (0, _) => &self.with_words,
            (_, Some(Further::Files(files))) => files,
            _ => &[],
        }
    }

    /// The words of a post beyond the message's own; `mark` is the post's address.
    pub(crate) fn words(
        &self,
        public_url: &str,
        chunk: i64,
        mark: &str,
        files: &[File],
    ) -> Option<String> {
        match self.at(chunk)? {
            Further::Files(_) => Some(format!("-# [More files](<{public_url}{mark})")),
            Further::Links(links) => {
                let mut words = format!("-# [Too large for Discord](<{public_url}{mark})");
                for file in links.iter().filter_map(|at| files.get(*at)) {
                    let name = head(&file.name, NAME_MAX);
                    words.push_str(&format!(
                        "\n[{}](<{public_url}/staff/files/{}/file>), {}",
                        escape(name),
                        file.id,
                        size_words(file.size.unsigned_abs())
                    ));
                }
                Some(words)
            }
        }
    }

    fn at(&self, chunk: i64) -> Option<&Further> {
        self.further.get(usize::try_from(chunk - FIRST).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(sizes: &[u64]) -> Plan {
        plan(sizes.iter().copied())
    }

    #[test]
    fn ten_go_with_the_words_and_the_eleventh_follows() {
        assert_eq!(planned(&[1; 10]).further, []);
        let eleven = planned(&[1; 11]);
        assert_eq!(eleven.files(0).len(), 10);
        assert_eq!(eleven.further, [Further::Files(vec![10])]);
        assert_eq!(eleven.further_chunks().collect::<Vec<_>>(), [FIRST]);
        assert_eq!(eleven.files(FIRST), [10]);
    }

    #[test]
    fn a_post_is_never_heavier_than_discord_takes() {
        let plan = planned(&[FILE_MAX; 5]);
        assert_eq!(plan.files(0), [0, 1]);
        assert_eq!(
            plan.further,
            [Further::Files(vec![2, 3]), Further::Files(vec![4])]
        );
    }

    #[test]
    fn what_is_too_large_becomes_a_link() {
        let plan = planned(&[1, FILE_MAX + 1, 2]);
        assert_eq!(plan.files(0), [0, 2]);
        assert_eq!(plan.further, [Further::Links(vec![1])]);
        assert_eq!(plan.files(FIRST), [] as [usize; 0]);
    }

    #[test]
    fn no_files_change_nothing() {
        assert_eq!(planned(&[]), Plan::default());
    }
}
