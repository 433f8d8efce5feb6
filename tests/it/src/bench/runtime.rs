//! The Lambda Runtime API: hands events to one function, and says when it asks and what it answers.
//!
//! See <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{Method, Request, Response};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::Error;
use super::serving::{Serving, connection};

/// What the function said.
#[derive(Debug)]
pub(super) enum Said {
    /// It asks for an event.
    Next,
    /// It answers.
    Answer(Vec<u8>),
    /// It answers with an error, or cannot start.
    Failed(Vec<u8>),
}

/// The API of one function.
#[derive(Debug)]
pub(super) struct Runtime {
    pub(super) port: u16,
    events: UnboundedSender<Vec<u8>>,
    said: Receiver<Said>,
    _serving: Serving,
}

#[derive(Debug)]
struct Desk {
    events: Mutex<UnboundedReceiver<Vec<u8>>>,
    says: Sender<Said>,
}

impl Runtime {
    pub(super) fn start() -> Result<Self, Error> {
        let (events, waiting) = unbounded_channel();
        let (says, said) = mpsc::channel();
        let desk = Arc::new(Desk {
            events: Mutex::new(waiting),
            says,
        });
        let (serving, port) = Serving::start(move || async move {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let port = listener.local_addr()?.port();
            Ok((port, serve(listener, desk)))
        })?;
        Ok(Self {
            port,
            events,
            said,
            _serving: serving,
        })
    }

    /// Hands it an event.
    pub(super) fn send(&self, event: &str) -> Result<(), Error> {
        Ok(self.events.send(event.as_bytes().to_vec())?)
    }

    /// What the function says next; `None` when it says nothing for a second.
    pub(super) fn hear(&self) -> Result<Option<Said>, Error> {
        match self.said.recv_timeout(Duration::from_secs(1)) {
            Ok(said) => Ok(Some(said)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(error @ RecvTimeoutError::Disconnected) => Err(error.into()),
        }
    }
}

async fn serve(listener: TcpListener, desk: Arc<Desk>) {
    while let Ok((stream, _)) = listener.accept().await {
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            connection(stream, |request| desk.answer(request)).await;
        });
    }
}

impl Desk {
    async fn answer(&self, request: Request<Vec<u8>>) -> io::Result<Response<Vec<u8>>> {
        let is_next = request.method() == Method::GET;
        let is_answer = request.uri().path().ends_with("/response");
        if is_next {
            self.say(Said::Next)?;
            let event = self.events.lock().await.recv().await;
            let event = event.ok_or(io::ErrorKind::BrokenPipe)?;
            return next(event).map_err(io::Error::other);
        }
        let body = request.into_body();
        self.say(if is_answer {
            Said::Answer(body)
        } else {
            Said::Failed(body)
        })?;
        let taken = Response::builder().status(202).body(Vec::new());
        taken.map_err(io::Error::other)
    }

    fn say(&self, said: Said) -> io::Result<()> {
        self.says.send(said).map_err(io::Error::other)
    }
}

fn next(event: Vec<u8>) -> Result<Response<Vec<u8>>, Error> {
    let now = Utc::now();
    let deadline = now + Duration::from_secs(900);
    Ok(Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", request_id(now).as_str())
        .header(
            "lambda-runtime-deadline-ms",
            deadline.timestamp_millis().to_string(),
        )
        .header(
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:111122223333:function:f",
        )
        .body(event)?)
}

/// Another one each time.
fn request_id(now: DateTime<Utc>) -> String {
    format!("00000000-0000-4000-8000-{:012x}", now.timestamp_micros())
}
