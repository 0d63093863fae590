//! The link between a raw client and a small HTTP server that echoes bodies.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::mpsc::{Receiver, Sender, channel};

use super::*;

/// Answers `POST` with the body it got, and tells the test what arrived, whole or not.
struct Echo {
    address: SocketAddr,
    arrived: Receiver<Vec<u8>>,
    thread: Option<JoinHandle<()>>,
}

impl Echo {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, arrived) = channel();
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if !echo(&mut stream.unwrap(), &tell) {
                    break;
                }
            }
        });
        Self { address, arrived, thread: Some(thread) }
    }
}

/// Serves one connection, which may carry several requests; false at the word to stop.
fn echo(stream: &mut TcpStream, tell: &Sender<Vec<u8>>) -> bool {
    let mut got = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).unwrap_or(0);
        got.extend_from_slice(&buffer[..read]);
        if got.starts_with(b"STOP") {
            return false;
        }
        if read == 0 {
            if !got.is_empty() {
                tell.send(got).unwrap();
            }
            return true;
        }
        if let Some(body) = body_of(&got) {
            let answer = http("200 OK", "text/plain", std::str::from_utf8(body).unwrap());
            tell.send(std::mem::take(&mut got)).unwrap();
            let _ = stream.write_all(&answer);
        }
    }
}

/// The body of a complete request.
fn body_of(request: &[u8]) -> Option<&[u8]> {
    let text = std::str::from_utf8(request).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length: usize = head.split_once("Content-Length: ")?.1.lines().next()?.parse().ok()?;
    (body.len() >= length).then_some(body.as_bytes())
}

impl Drop for Echo {
    fn drop(&mut self) {
        let _ = TcpStream::connect(self.address).and_then(|mut stream| stream.write_all(b"STOP"));
        let _ = self.thread.take().unwrap().join();
    }
}

fn request(body: &str) -> Vec<u8> {
    format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Sends a request on a connection of its own and gives all that came back.
fn send(link: &Link, body: &str) -> Vec<u8> {
    let Ok(mut stream) = TcpStream::connect(link.address()) else { return Vec::new() };
    let _ = stream.write_all(&request(body));
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

fn pair() -> (Echo, Link) {
    let echo = Echo::start();
    let link = Link::open(echo.address).unwrap();
    (echo, link)
}

#[test]
fn an_open_link_passes_everything_and_counts_it() {
    let (echo, link) = pair();
    let body = "查封".repeat(20_000);
    let answer = send(&link, &body);
    assert!(answer.ends_with(body.as_bytes()));
    assert_eq!(echo.arrived.recv().unwrap(), request(&body));
    let expected =
        Traffic { up: request(&body).len() as u64, down: answer.len() as u64, connections: 1 };
    assert_eq!(link.traffic(), expected);
}

#[test]
fn a_link_that_is_down_cuts_and_refuses_and_comes_back() {
    let (_echo, link) = pair();
    let mut waiting = TcpStream::connect(link.address()).unwrap();
    waiting.write_all(&request("a")).unwrap();
    waiting.read_exact(&mut [0; 12]).unwrap();
    link.set(Mode::Down);
    let _ = waiting.read_to_end(&mut Vec::new());
    let _ = waiting.write_all(&request("b"));
    assert_eq!(waiting.read(&mut [0; 1]).unwrap_or(0), 0, "the open connection was not cut");
    assert_eq!(send(&link, "c"), b"");
    link.set(Mode::Up);
    assert!(send(&link, "d").ends_with(b"\r\n\r\nd"));
    assert_eq!(link.traffic().connections, 3);
}

#[test]
fn an_upload_is_cut_at_exactly_any_byte() {
    let (echo, link) = pair();
    let whole = request("seizure");
    for limit in 1..=whole.len() {
        let before = link.traffic();
        link.set(Mode::CutUploadAfter(limit as u64));
        assert_eq!(send(&link, "seizure"), b"", "answered at {limit}");
        assert_eq!(echo.arrived.recv().unwrap(), whole[..limit], "cut at {limit}");
        assert_eq!(link.traffic().up - before.up, limit as u64);
    }
    link.set(Mode::CutUploadAfter(whole.len() as u64 + 1));
    assert!(!send(&link, "seizure").is_empty(), "the limit was not reached");
}

#[test]
fn a_download_is_cut_at_exactly_any_byte() {
    let (_echo, link) = pair();
    let whole = send(&link, "seizure");
    for limit in 1..whole.len() {
        let before = link.traffic();
        link.set(Mode::CutDownloadAfter(limit as u64));
        assert_eq!(send(&link, "seizure"), whole[..limit]);
        assert_eq!(link.traffic().down - before.down, limit as u64);
    }
}

#[test]
fn a_captive_portal_answers_200_with_html_and_the_server_hears_nothing() {
    let (echo, link) = pair();
    link.set(Mode::CaptivePortal);
    let answer = String::from_utf8(send(&link, &"x".repeat(300_000))).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("text/html"), "{answer}");
    link.set(Mode::Up);
    send(&link, "through");
    assert_eq!(echo.arrived.recv().unwrap(), request("through"));
}

#[test]
fn a_gateway_error_comes_before_or_after_the_server_has_heard() {
    let (echo, link) = pair();
    for code in [502, 504, 413] {
        link.set(Mode::Status(code));
        assert!(send(&link, "unheard").starts_with(format!("HTTP/1.1 {code} ").as_bytes()));
        link.set(Mode::StatusAfter(code));
        assert!(send(&link, "heard").starts_with(format!("HTTP/1.1 {code} ").as_bytes()));
        assert_eq!(echo.arrived.recv().unwrap(), request("heard"));
    }
}

#[test]
fn a_lost_answer_was_still_a_heard_request() {
    let (echo, link) = pair();
    link.set(Mode::AnswerLost);
    assert_eq!(send(&link, "once"), b"");
    assert_eq!(echo.arrived.recv().unwrap(), request("once"));
    assert_eq!(link.traffic().down, 0);
}

#[test]
fn a_mode_holds_for_the_next_request_of_an_open_connection() {
    let (echo, link) = pair();
    let mut stream = TcpStream::connect(link.address()).unwrap();
    stream.write_all(&request("one")).unwrap();
    let expected = http("200 OK", "text/plain", "one");
    stream.read_exact(&mut vec![0; expected.len()]).unwrap();
    echo.arrived.recv().unwrap();
    link.set(Mode::Status(502));
    stream.write_all(&request("two")).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 502 "));
    drop(stream);
    assert!(echo.arrived.try_recv().is_err());
}

#[test]
fn a_slow_link_waits_and_can_be_dropped_meanwhile() {
    let (echo, link) = pair();
    let slow = |latency| Mode::Slow { latency, bytes_per_second: 1_000_000 };
    link.set(slow(Duration::from_millis(20)));
    let start = Instant::now();
    assert!(send(&link, "a").ends_with(b"\r\n\r\na"));
    assert!(start.elapsed() >= Duration::from_millis(40), "one latency each way");
    echo.arrived.recv().unwrap();
    link.set(slow(Duration::from_hours(24)));
    let mut stream = TcpStream::connect(link.address()).unwrap();
    stream.write_all(&request("never")).unwrap();
    drop(link);
    assert_eq!(stream.read(&mut [0; 1]).unwrap_or(0), 0);
}

#[test]
fn a_link_without_a_server_closes_the_phone_s_connection() {
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let link = Link::open(address).unwrap();
    assert_eq!(send(&link, "a"), b"");
}
