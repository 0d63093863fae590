//! A TCP connection to another phone that ends: after silence, when the meeting takes too long as a whole, and when
//! the caller has given up. A neighbour on the hotspot that sends one byte now and then holds no thread for ever.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::work::Stop;

/// A meeting falls apart when nothing comes for so long.
const SILENCE: Duration = Duration::from_secs(30);
/// A meeting is over after so long, whatever comes: cases of a day go over in seconds.
const WHOLE: Duration = Duration::from_mins(10);

/// Whether `address` can be a phone on the same hotspot: private, link-local or this machine.
pub(crate) fn is_near(address: &SocketAddr) -> bool {
    match address {
        SocketAddr::V4(address) => {
            let ip = address.ip();
            ip.is_private() || ip.is_link_local() || ip.is_loopback()
        }
        SocketAddr::V6(_) => false,
    }
}

/// The connection, and when it ends.
pub(crate) struct PeerStream<'a> {
    stream: TcpStream,
    stop: &'a Stop,
    end: Instant,
}

impl<'a> PeerStream<'a> {
    /// Begins now.
    pub(crate) fn new(stream: TcpStream, stop: &'a Stop) -> io::Result<Self> {
        stream.set_nonblocking(false)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, stop, end: Instant::now() + WHOLE })
    }

    /// How long the next step may take.
    fn left(&self) -> io::Result<Duration> {
        let left = self.end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero());
        let left = left.filter(|_| !self.stop.told()).ok_or(io::ErrorKind::TimedOut)?;
        Ok(left.min(SILENCE))
    }
}

impl Read for PeerStream<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.left()?))?;
        self.stream.read(into)
    }
}

impl Write for PeerStream<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.left()?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn only_what_can_be_a_hotspot_is_near() {
        let near = |text: &str| is_near(&text.parse().unwrap());
        assert!(near("192.168.43.1:40123") && near("10.0.0.2:1") && near("127.0.0.1:1"));
        assert!(near("169.254.7.7:1") && near("172.20.10.1:1"), "link-local, an iPhone's hotspot");
        assert!(!near("8.8.8.8:53") && !near("172.32.0.1:1") && !near("[fe80::1]:1"));
    }

    #[test]
    fn a_meeting_ends_when_it_takes_too_long_or_nobody_waits_for_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let _there = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (here, _) = listener.accept().unwrap();
        let stop = Stop::default();
        let mut stream = PeerStream::new(here, &stop).unwrap();
        assert!(stream.write(b"x").is_ok());
        stream.end = Instant::now();
        assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::TimedOut);
        stream.end = Instant::now() + WHOLE;
        stop.tell();
        assert_eq!(stream.write(b"x").unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
