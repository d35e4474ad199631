//! Which compression a browser takes, and undoing and doing it.
//!
//! It knows the header's grammar and two formats, not what is compressed.

use axum::http::{HeaderMap, HeaderValue, header};
use std::io::{Read, Write};

/// How bytes are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

/// What a browser takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Accepted {
    pub(super) brotli: bool,
    pub(super) gzip: bool,
}

impl Encoding {
    /// Reads `Accept-Encoding`. A coding that is not named, or named with weight zero, is not
    /// taken; plain bytes always are.
    pub(super) fn accepted(asked: &HeaderMap) -> Accepted {
        let mut accepted = Accepted::default();
        let codings = asked
            .get_all(header::ACCEPT_ENCODING)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','));
        for coding in codings {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
            let weight: f32 = weight
                .trim()
                .strip_prefix("q=")
                .and_then(|q| q.trim().parse().ok())
                .unwrap_or(0.0);
            match name.trim().to_ascii_lowercase().as_str() {
                "br" => accepted.brotli = weight > 0.0,
                "gzip" => accepted.gzip = weight > 0.0,
                _ => {}
            }
        }
        accepted
    }

    pub(super) fn header(self) -> Option<HeaderValue> {
        match self {
            Self::Brotli => Some(HeaderValue::from_static("br")),
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
            Self::Identity => None,
        }
    }

    /// The ending of a compressed file beside its original.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gz",
            Self::Identity => "",
        }
    }

    pub(super) fn pack(self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut packed = Vec::new();
        match self {
            Self::Brotli => {
                // Quality 5 of 11: for files that no build compressed better beforehand.
                let mut writer = brotli::CompressorWriter::new(&mut packed, 4096, 5, 22);
                writer.write_all(bytes).ok()?;
                drop(writer);
            }
            Self::Gzip => {
                let mut writer =
                    flate2::write::GzEncoder::new(&mut packed, flate2::Compression::default());
                writer.write_all(bytes).ok()?;
                writer.finish().ok()?;
            }
            Self::Identity => packed.extend_from_slice(bytes),
        }
        Some(packed)
    }

    /// Whether `packed` holds exactly `bytes`.
    pub(super) fn holds(self, packed: &[u8], bytes: &[u8]) -> bool {
        let mut out = Vec::with_capacity(bytes.len());
        // One byte more than expected is enough to see a difference.
        let most = bytes.len() as u64 + 1;
        let read = match self {
            Self::Brotli => brotli::Decompressor::new(packed, 4096)
                .take(most)
                .read_to_end(&mut out),
            Self::Gzip => flate2::read::GzDecoder::new(packed)
                .take(most)
                .read_to_end(&mut out),
            Self::Identity => return packed == bytes,
        };
        read.is_ok() && out == bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(value: &str) -> (bool, bool) {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::ACCEPT_ENCODING,
            HeaderValue::from_str(value).unwrap(),
        );
        let accepted = Encoding::accepted(&headers);
        (accepted.brotli, accepted.gzip)
    }

    #[test]
    fn what_browsers_and_programs_say() {
        assert_eq!(accepts("gzip, deflate, br, zstd"), (true, true));
        assert_eq!(accepts("gzip;q=1.0, br;q=0"), (false, true));
        assert_eq!(accepts("BR ; q=0.5"), (true, false));
        assert_eq!(accepts("br;q=rubbish"), (false, false));
        assert_eq!(accepts("*"), (false, false));
        assert_eq!(accepts(""), (false, false));
        assert_eq!(Encoding::accepted(&HeaderMap::new()), Accepted::default());
    }

    #[test]
    fn packing_round_trips_and_a_stale_pack_is_noticed() {
        let text = b"thread ".repeat(100);
        for encoding in [Encoding::Brotli, Encoding::Gzip] {
            let packed = encoding.pack(&text).unwrap();
            assert!(packed.len() < text.len());
            assert!(encoding.holds(&packed, &text));
            assert!(!encoding.holds(&packed, &text[1..]));
            assert!(!encoding.holds(b"rubbish", &text));
        }
    }
}
