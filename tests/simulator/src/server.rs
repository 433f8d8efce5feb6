//! The simulator behind a socket.

use std::io;

use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::Simulator;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Serves connections until the future is dropped.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, simulator: Simulator) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(connection(stream, simulator.clone()));
    }
}

async fn connection(stream: TcpStream, simulator: Simulator) {
    let service = service_fn(|request| exchange(&simulator, request));
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // A connection ends with an error when a fault drops it or when the client leaves.
    let _ = served.await;
}

/// An error drops the connection without an answer.
async fn exchange(
    simulator: &Simulator,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, BoxError> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let response = simulator.answer(Request::from_parts(parts, body)).await?;
    Ok(response.map(|body| Full::new(Bytes::from(body))))
}
