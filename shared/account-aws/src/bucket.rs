//! Objects of one S3 bucket.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;
use crate::clients::OnDemand;

/// IAM action of reading an object.
pub const GET_OBJECT: &str = "s3:GetObject";
/// IAM action of [`Bucket::find`]: without it S3 says that what is not there is denied.
pub const LIST_BUCKET: &str = "s3:ListBucket";
/// IAM action of writing an object.
pub const PUT_OBJECT: &str = "s3:PutObject";

/// A bucket.
#[derive(Clone, Debug)]
pub struct Bucket {
    client: OnDemand<Client>,
    name: String,
}

impl Bucket {
    /// The bucket of this name.
    #[must_use]
    pub fn new(client: OnDemand<Client>, name: String) -> Self {
        Self { client, name }
    }

    /// The bytes of an object ([`GetObject`]), refused unread when there are more than `longest`: they would fill the
    /// function's memory.
    ///
    /// [`GetObject`]: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    ///
    /// # Errors
    /// It is not there, too long, or may not be read.
    pub async fn read(&self, key: &str, longest: i64) -> Result<Vec<u8>, Error> {
        let call = self.client.get().get_object().bucket(&self.name).key(key);
        let answer = call
            .send()
            .await
            .map_err(|error| Error::call(GET_OBJECT, &error))?;
        if answer.content_length.is_none_or(|length| longest < length) {
            return Err(Error::unusable(GET_OBJECT, "the object is too long"));
        }
        let bytes = answer.body.collect().await;
        let bytes = bytes.or(Err(Error::unusable(GET_OBJECT, "the object broke off")))?;
        Ok(bytes.to_vec())
    }

    /// The same, or `None` where there is no such object. Wants [`LIST_BUCKET`].
    ///
    /// # Errors
    /// It is too long, or may not be read.
    pub async fn find(&self, key: &str, longest: i64) -> Result<Option<Vec<u8>>, Error> {
        match self.read(key, longest).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(Error::Refused { code, .. }) if code == "NoSuchKey" => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The bucket's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Writes an object whole ([`PutObject`]).
    ///
    /// [`PutObject`]: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
    ///
    /// # Errors
    /// It may not be written.
    pub async fn write(&self, key: &str, content_type: &str, bytes: Vec<u8>) -> Result<(), Error> {
        let call = self.client.get().put_object().bucket(&self.name).key(key);
        call.content_type(content_type)
            .body(ByteStream::from(bytes))
            .send()
            .await
            .map(drop)
            .map_err(|error| Error::call(PUT_OBJECT, &error))
    }
}

/// An inventory of 50,000 accounts is some 15 MiB.
const LONGEST: i64 = 1 << 26;

/// Reads a document that a part of this stack wrote.
///
/// # Errors
/// It is not there, may not be read, or is not what it should be.
pub async fn read_json<T: DeserializeOwned>(bucket: &Bucket, key: &str) -> Result<T, Error> {
    parsed(key, &bucket.read(key, LONGEST).await?)
}

/// The same, or `None` where there is no such document.
///
/// # Errors
/// It may not be read, or is not what it should be.
pub async fn find_json<T: DeserializeOwned>(
    bucket: &Bucket,
    key: &str,
) -> Result<Option<T>, Error> {
    let bytes = bucket.find(key, LONGEST).await?;
    bytes.map(|bytes| parsed(key, &bytes)).transpose()
}

fn parsed<T: DeserializeOwned>(key: &str, bytes: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes).or(Err(Error::BrokenDocument {
        key: key.to_owned(),
    }))
}

/// Writes a document for another part of this stack.
///
/// # Errors
/// It may not be written.
pub async fn write_json(
    bucket: &Bucket,
    key: &str,
    document: &impl Serialize,
) -> Result<(), Error> {
    let bytes = serde_json::to_vec(document).or(Err(Error::BrokenDocument {
        key: key.to_owned(),
    }))?;
    bucket.write(key, "application/json", bytes).await
}
