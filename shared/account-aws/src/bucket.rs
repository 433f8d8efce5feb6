//! Objects of one S3 bucket.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;

use crate::Error;

/// IAM action of reading an object.
pub const GET_OBJECT: &str = "s3:GetObject";
/// IAM action of writing an object.
pub const PUT_OBJECT: &str = "s3:PutObject";

/// A bucket.
#[derive(Clone, Debug)]
pub struct Bucket {
    client: Client,
    name: String,
}

impl Bucket {
    /// The bucket of this name.
    #[must_use]
    pub fn new(client: Client, name: String) -> Self {
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
        let call = self.client.get_object().bucket(&self.name).key(key);
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

    /// Writes an object whole ([`PutObject`]).
    ///
    /// [`PutObject`]: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
    ///
    /// # Errors
    /// It may not be written.
    pub async fn write(&self, key: &str, content_type: &str, bytes: Vec<u8>) -> Result<(), Error> {
        let call = self.client.put_object().bucket(&self.name).key(key);
        call.content_type(content_type)
            .body(ByteStream::from(bytes))
            .send()
            .await
            .map(drop)
            .map_err(|error| Error::call(PUT_OBJECT, &error))
    }
}
