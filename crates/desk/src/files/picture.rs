//! Pictures: what is one by its bytes, and how its small one is drawn.
//!
//! A picture is what could be opened whole within limits of pixels and memory; anything else is a
//! file like any other, however it is called. It knows neither stores nor messages.

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// The room that a small picture gets.
const ROOM: (u32, u32) = (480, 360);
/// The most pixels along one side.
const SIDE_MAX: u32 = 20_000;
/// The most pixels altogether: a bomb of a few bytes could ask for any number.
const PIXELS_MAX: u64 = 50_000_000;
/// The most memory that opening one may take.
const MEMORY_MAX: u64 = 256 << 20;

/// A picture, and where its small one waits.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) kind: &'static str,
    pub(crate) small: Small,
}

/// The small one.
#[derive(Clone, Debug)]
pub(crate) struct Small {
    pub(crate) hash: String,
    pub(crate) waiting: String,
    pub(crate) kind: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// A small one, just drawn.
pub(crate) struct Drawn {
    pub(crate) kind: &'static str,
    pub(crate) small_kind: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bytes: Vec<u8>,
}

/// Whether the first bytes are those of a picture that we may show.
pub(crate) fn looks_like_one(head: &[u8]) -> bool {
    image::guess_format(head).is_ok_and(|format| content_type(format).is_some())
}

/// A content type that is one of ours.
pub(crate) fn known(kind: &str) -> Option<&'static str> {
    FORMATS
        .iter()
        .map(|(_, known)| *known)
        .find(|known| *known == kind)
}

const FORMATS: [(ImageFormat, &str); 4] = [
    (ImageFormat::Png, "image/png"),
    (ImageFormat::Jpeg, "image/jpeg"),
    (ImageFormat::Gif, "image/gif"),
    (ImageFormat::WebP, "image/webp"),
];

fn content_type(format: ImageFormat) -> Option<&'static str> {
    FORMATS
        .iter()
        .find(|(known, _)| *known == format)
        .map(|(_, kind)| *kind)
}

/// Opens a picture and draws it small, upright, and without anything that was hidden in it.
pub(crate) fn draw(bytes: &[u8]) -> Option<Drawn> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .ok()?;
    let kind = content_type(reader.format()?)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX || decoder.total_bytes() > MEMORY_MAX {
        return None;
    }
    let upright = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    if let Some(orientation) = upright {
        picture.apply_orientation(orientation);
    }
    if picture.width() > ROOM.0 || picture.height() > ROOM.1 {
        picture = picture.thumbnail(ROOM.0, ROOM.1);
    }
    let mut bytes = Vec::new();
    let small_kind = if picture.color().has_alpha() {
        let picture = DynamicImage::ImageRgba8(picture.to_rgba8());
        picture
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .ok()?;
        "image/png"
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, 82);
        picture.to_rgb8().write_with_encoder(encoder).ok()?;
        "image/jpeg"
    };
    Some(Drawn {
        kind,
        small_kind,
        width: picture.width(),
        height: picture.height(),
        bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage};

    fn encoded(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let picture = RgbImage::from_pixel(width, height, Rgb([200, 40, 40]));
        DynamicImage::ImageRgb8(picture)
            .write_to(&mut Cursor::new(&mut bytes), format)
            .unwrap();
        bytes
    }

    #[test]
    fn each_kind_is_known_by_its_bytes_and_fits_its_room() {
        for (format, kind) in FORMATS {
            let bytes = encoded(format, 1_200, 400);
            assert!(looks_like_one(&bytes[..32]), "{kind}");
            let drawn = draw(&bytes).unwrap();
            assert_eq!((drawn.kind, drawn.width, drawn.height), (kind, 480, 160));
            assert!(looks_like_one(&drawn.bytes));
        }
        let drawn = draw(&encoded(ImageFormat::Png, 30, 20)).unwrap();
        assert_eq!((drawn.width, drawn.height), (30, 20), "never made larger");
    }

    #[test]
    fn what_only_begins_like_a_picture_is_none() {
        let whole = encoded(ImageFormat::Png, 300, 300);
        assert!(draw(&whole[..whole.len() / 2]).is_none());
        assert!(draw(b"\x89PNG\r\n\x1a\n<script>alert(1)</script>").is_none());
        assert!(!looks_like_one(
            b"<svg xmlns=\"http://www.w3.org/2000/svg\">"
        ));
        assert!(!looks_like_one(b"PK\x03\x04 a zip"));
        assert!(!looks_like_one(b""));
    }

    #[test]
    fn a_bomb_is_not_opened() {
        // A valid header that asks for 19,999 times 19,999 pixels.
        let mut bomb = encoded(ImageFormat::Png, 1, 1);
        for at in [16, 20] {
            bomb[at..at + 4].copy_from_slice(&19_999_u32.to_be_bytes());
        }
        let crc = crc(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.to_be_bytes());
        let decoder = ImageReader::new(Cursor::new(&bomb))
            .with_guessed_format()
            .unwrap()
            .into_decoder()
            .unwrap();
        assert_eq!(decoder.dimensions(), (19_999, 19_999));
        assert!(draw(&bomb).is_none());
    }

    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
            })
        })
    }
}
