//! What is refused, and what strangers may try with names and contents.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn empty_and_large_files_are_refused_in_words_and_the_text_is_kept() {
    let world = world().await;
    let jane = Visitor::new(&world);
    let ticket = filed(&jane, vec![]).await;
    for path in ["/new", &ticket] {
        for (what, words) in [
            (file("empty.txt", ""), "“empty.txt” is empty"),
            (
                file("film.mp4", vec![1; (1 << 20) + 1]),
                "“film.mp4” is larger than 1 MB",
            ),
        ] {
            let files = vec![file("good.txt", "x"), what];
            let page = send(&jane, path, form("Nothing typed is lost.", files)).await;
            assert_eq!(page.status, 422, "{path}");
            assert!(page.text.contains(words), "{path}: {}", page.text);
            assert!(page.text.contains("Nothing typed is lost."), "{path}");
            assert!(page.text.contains("id=\"files-problem\""), "{path}");
        }
    }
    // Another field's fault: the browser forgets the files, and the form says so.
    let page = send(
        &jane,
        "/new",
        form(&"x".repeat(20_000), vec![file("a.txt", "x")]),
    )
    .await;
    assert_eq!(page.status, 422);
    assert!(
        page.text.contains("Choose your files again"),
        "{}",
        page.text
    );
    assert_eq!(stored(&world), 0);
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_megabytes_are_refused_without_being_held() {
    let world = world().await;
    let jane = Visitor::new(&world);
    let head = "--b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\njane@example.com\r\n\
                --b\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nMy film.\r\n\
                --b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"film.mp4\"\r\n\r\n";
    let megabyte = vec![7_u8; 1 << 20];
    let chunks = std::iter::once(head.as_bytes().to_vec())
        .chain(std::iter::repeat_n(megabyte, 200))
        .chain([b"\r\n--b--\r\n".to_vec()]);
    let body = Body::wrap_stream(futures::stream::iter(chunks.map(Ok::<_, std::io::Error>)));
    let request = jane
        .request(Method::POST, "/new")
        .header("content-type", "multipart/form-data; boundary=b")
        .body(body);
    let page = jane.send(request).await;
    assert_eq!(page.status, 422);
    assert!(
        page.text.contains("“film.mp4” is larger than 1 MB"),
        "{}",
        page.text
    );
    assert!(page.text.contains("My film."));
    assert_eq!(stored(&world), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_are_only_names() {
    let world = world().await;
    let jane = Visitor::new(&world);
    let long = format!("{}.txt", "n".repeat(5_000));
    let ticket = filed(
        &jane,
        vec![
            file("../../x", "up"),
            file("\"><script>alert(1)<\u{202e}.txt", "markup"),
            file(&long, "long"),
        ],
    )
    .await;
    let page = jane.get(&ticket).await;
    assert!(!page.text.contains("<script>alert"), "{}", page.text);
    assert!(!page.text.contains('\u{202e}'));
    for (link, content) in links(&page).iter().zip(["up", "markup", "long"]) {
        assert!(!link.contains(".."), "{link}");
        let answer = open(&jane, link).await;
        assert_eq!(answer.status(), 200, "{link}");
        let disposition = header(&answer, "content-disposition");
        assert!(
            disposition.starts_with("attachment; filename=\""),
            "{disposition}"
        );
        assert!(
            disposition.len() < 1_500 && !disposition.contains(".."),
            "{disposition}"
        );
        assert_eq!(answer.text().await.unwrap(), content);
    }
    let inside = world.folder.path().join("files");
    assert_eq!(stored(&world), 3);
    assert!(inside.join("sha256").is_dir());

    // A NUL cannot stand in a header: the form is refused as a whole, and nothing breaks.
    let body = "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a\0b.txt\"\r\n\r\nx\r\n--b--\r\n";
    let request = jane
        .request(Method::POST, &ticket)
        .header("content-type", "multipart/form-data; boundary=b")
        .body(body);
    let answer = jane.send(request).await;
    assert!(
        [303, 400].contains(&answer.status.as_u16()),
        "{}",
        answer.text
    );
    let page = jane.get(&ticket).await;
    assert!(!page.text.contains('\0'));
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_a_picture_is_ever_shown() {
    let world = world().await;
    let jane = Visitor::new(&world);
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    let ticket = filed(
        &jane,
        vec![
            file("archive.png", "PK\x03\x04not a picture")
                .mime_str("image/png")
                .unwrap(),
            file("drawing.svg", svg).mime_str("image/svg+xml").unwrap(),
            file("page.gif", "GIF89a<html><script>alert(1)</script>")
                .mime_str("text/html")
                .unwrap(),
        ],
    )
    .await;
    let page = jane.get(&ticket).await;
    assert!(!page.text.contains("?small"));
    for link in links(&page) {
        let answer = open(&jane, &link).await;
        assert_eq!(
            header(&answer, "content-type"),
            "application/octet-stream",
            "{link}"
        );
        assert!(
            header(&answer, "content-disposition").starts_with("attachment"),
            "{link}"
        );
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert_eq!(
            header(&answer, "content-security-policy"),
            "sandbox; default-src 'none'"
        );
        assert!(header(&answer, "cache-control").starts_with("private"));
        assert_eq!(open(&jane, &format!("{link}?small")).await.status(), 404);
    }
    world.settled().await;
}
