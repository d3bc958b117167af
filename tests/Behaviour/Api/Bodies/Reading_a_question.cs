using System.Text;
using Cairn.Api.Bodies;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Cairn.Behaviour.Api.Bodies;

/// <summary>The body of a question is read to a limit, whatever length it announces.</summary>
public class Reading_a_question
{
    const int MaxBytes = 100_000;

    [Theory]
    [InlineData(0)]
    [InlineData(4097)]
    [InlineData(MaxBytes)]
    public async Task Takes_a_body_up_to_the_limit_whole(int byteCount)
    {
        var sent = Enumerable.Range(0, byteCount).Select(i => (byte)i).ToArray();
        Assert.Equal(sent, (await BoundedBody.ReadAsync(Request(new MemoryStream(sent), null), MaxBytes, CancellationToken.None))!.Value.ToArray());
        Assert.Equal(sent, (await BoundedBody.ReadAsync(Request(new MemoryStream(sent), byteCount), MaxBytes, CancellationToken.None))!.Value.ToArray());
    }

    [Fact]
    public async Task Stops_at_the_limit_when_no_length_was_announced()
    {
        var endless = new Endless();
        Assert.Null(await BoundedBody.ReadAsync(Request(endless, null), MaxBytes, CancellationToken.None));
        Assert.Equal(MaxBytes + 1, endless.ReadBytes);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=b")]
    public async Task Stops_at_the_limit_of_a_form(string contentType)
    {
        var endless = new Endless();
        var fault = await Assert.ThrowsAsync<InvalidDataException>(async () => await BoundedBody.ReadFormAsync(Request(endless, null, contentType), MaxBytes, CancellationToken.None));
        Assert.Equal((MaxBytes + 1, "is larger than 100000 bytes"), (endless.ReadBytes, fault.Message));
    }

    [Fact]
    public async Task Does_not_read_what_announces_too_much()
    {
        var endless = new Endless();
        Assert.Null(await BoundedBody.ReadAsync(Request(endless, long.MaxValue), MaxBytes, CancellationToken.None));
        Assert.Equal(0, endless.ReadBytes);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "a=%00")]
    [InlineData("multipart/form-data", "x")]
    [InlineData("multipart/form-data; boundary=b", "x")]
    public async Task Says_that_a_form_can_not_be_read(string contentType, string body)
    {
        var request = Request(new MemoryStream(Encoding.UTF8.GetBytes(body)), body.Length, contentType);
        var fault = await Assert.ThrowsAsync<InvalidDataException>(async () => await BoundedBody.ReadFormAsync(request, MaxBytes, CancellationToken.None));
        Assert.StartsWith("is a form that can't be read: ", fault.Message, StringComparison.Ordinal);
    }

    static HttpRequest Request(Stream body, long? contentLength, string? contentType = null)
    {
        var request = new DefaultHttpContext().Request;
        (request.Body, request.ContentLength, request.ContentType) = (body, contentLength, contentType);
        return request;
    }

    sealed class Endless : Stream
    {
        public int ReadBytes { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'a');
            ReadBytes += count;
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)'a');
            ReadBytes += buffer.Length;
            return new(buffer.Length);
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
