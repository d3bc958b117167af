using System.IO.Compression;
using System.Text;
using Cairn.Ingestion;
using Cairn.Ingestion.Bodies;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Bodies;

public class Reading_a_body
{
    static readonly BodyLimits Limits = new(1000, 5000, TimeSpan.FromMinutes(1));

    [Fact]
    public async Task Takes_a_body_of_exactly_the_limit()
    {
        using var body = await ReadAsync(new byte[1000]);
        Assert.Equal(RejectReason.None, body.Fault);
        Assert.Equal(1000, body.Bytes.Length);
    }

    [Fact]
    public async Task Refuses_one_byte_more()
    {
        using var body = await ReadAsync(new byte[1001]);
        Assert.Equal(RejectReason.BodyTooLarge, body.Fault);
        Assert.Equal(0, body.Bytes.Length);
    }

    [Fact]
    public async Task Does_not_read_what_announces_too_much()
    {
        var stream = new MemoryStream(new byte[10]);
        using var body = await RequestBody.ReadAsync(stream, 1001, null, Limits, TimeProvider.System, default);
        Assert.Equal(RejectReason.BodyTooLarge, body.Fault);
        Assert.Equal(0, stream.Position);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("")] // mixpanel-import sends the header empty when it does not compress
    [InlineData(null)] // the browser's recorder and RudderStack leave it out
    [InlineData("identity")]
    public async Task Knows_gzip_by_its_first_bytes_whatever_the_header_says(string? contentEncoding)
    {
        using var body = await ReadAsync(Gzipped("""[{"event":"a"}]"""), contentEncoding);
        Assert.Equal("""[{"event":"a"}]""", Encoding.UTF8.GetString(body.Bytes.Span));
    }

    [Fact]
    public async Task Takes_plain_text_that_is_labelled_gzip()
    {
        using var body = await ReadAsync("[1]"u8.ToArray(), "gzip");
        Assert.Equal("[1]", Encoding.UTF8.GetString(body.Bytes.Span));
    }

    [Fact]
    public async Task Refuses_bytes_that_are_labelled_gzip_and_are_neither_gzip_nor_text()
    {
        using var body = await ReadAsync([1, 2, 3, 4], "gzip");
        Assert.Equal(RejectReason.MalformedGzip, body.Fault);
    }

    [Fact]
    public async Task Refuses_gzip_that_was_cut_anywhere()
    {
        var whole = Gzipped(string.Concat(Enumerable.Range(0, 100).Select(number => $"{number * 7919} ")));
        for (var length = 2; length < whole.Length; length++)
        {
            using var body = await ReadAsync(whole[..length]);
            Assert.True(body.Fault == RejectReason.MalformedGzip, $"cut at {length} of {whole.Length}: {body.Fault}");
        }
    }

    [Fact]
    public async Task Inflates_gzip_files_put_one_behind_another()
    {
        using var body = await ReadAsync([.. Gzipped("[1,"), .. Gzipped("2]")]);
        Assert.Equal("[1,2]", Encoding.UTF8.GetString(body.Bytes.Span));
    }

    [Theory]
    [InlineData(5000, RejectReason.None)]
    [InlineData(5001, RejectReason.InflatedTooLarge)]
    [InlineData(100_000, RejectReason.InflatedTooLarge)]
    public async Task Inflates_up_to_the_limit(int inflatedBytes, RejectReason fault)
    {
        using var body = await ReadAsync(Gzipped(new string('a', inflatedBytes)));
        Assert.Equal(fault, body.Fault);
    }

    [Fact]
    public async Task Gives_up_on_a_sender_slower_than_the_limit()
    {
        var time = new FakeTimeProvider();
        var reading = RequestBody.ReadAsync(new NeverEnding(), null, null, Limits, time, default).AsTask();
        time.Advance(TimeSpan.FromSeconds(59));
        await Task.Yield();
        Assert.False(reading.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        using var body = await reading;
        Assert.Equal(RejectReason.BodyTooSlow, body.Fault);
    }

    [Fact]
    public async Task Ends_with_the_client()
    {
        using var gone = new CancellationTokenSource();
        var reading = RequestBody.ReadAsync(new NeverEnding(), null, null, Limits, TimeProvider.System, gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task Gives_up_on_a_sender_who_drips()
    {
        var time = new FakeTimeProvider();
        using var body = await RequestBody.ReadAsync(
            new Dripping(() => time.Advance(TimeSpan.FromSeconds(10))), null, null, Limits, time, default);
        Assert.Equal(RejectReason.BodyTooSlow, body.Fault);
    }

    [Fact]
    public async Task Reads_a_long_body_that_comes_in_small_pieces()
    {
        var bytes = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 40_000).Select(number => $"{number},")));
        using var body = await RequestBody.ReadAsync(
            new Pieces(bytes, 777), null, null, BodyLimits.OfBytes(1 << 20), TimeProvider.System, default);
        Assert.True(body.Bytes.Span.SequenceEqual(bytes));
    }

    [Fact]
    public async Task Takes_no_more_than_there_is_room_for()
    {
        var memory = new BodyMemory(TimeProvider.System, maxArrivingBytes: 300_000);
        Task<RequestBody> ReadLargeAsync() => RequestBody.ReadAsync(new MemoryStream(new byte[200_000]), null, null, BodyLimits.OfBytes(1 << 20), TimeProvider.System, default, memory: memory).AsTask();
        using (var first = await ReadLargeAsync())
        {
            using var second = await ReadLargeAsync();
            Assert.Equal((200_000, false), (first.Bytes.Length, first.HasNoRoom));
            Assert.Equal((0, true, RejectReason.None), (second.Bytes.Length, second.HasNoRoom, second.Fault));
            using var small = await RequestBody.ReadAsync(new MemoryStream(new byte[1000]), null, null, Limits, TimeProvider.System, default, memory: memory);
            Assert.Equal(1000, small.Bytes.Length); // a small one is never in the way
        }
        using var later = await ReadLargeAsync();
        Assert.Equal(200_000, later.Bytes.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // gzip in base64 in a form is inflated only later
    public async Task Waits_with_inflating_until_others_are_done(bool isInBase64)
    {
        var time = new FakeTimeProvider();
        var memory = new BodyMemory(time, maxWorkingBytes: 1_500_000);
        var limits = BodyLimits.OfBytes(1_000_000);
        var sent = Gzipped(new string('a', 900_000));
        if (isInBase64) sent = Encoding.ASCII.GetBytes("data=" + Convert.ToBase64String(sent));
        Task<RequestBody> ReadAsync() => RequestBody.ReadAsync(new MemoryStream(sent), null, null, limits, time, default, memory: memory).AsTask();
        var first = await ReadAsync();
        var second = ReadAsync();
        var third = ReadAsync();
        await Task.Delay(20);
        Assert.False(second.IsCompleted);
        first.Dispose();
        using var let = await second;
        Assert.False(let.HasNoRoom);
        time.Advance(BodyMemory.MaxWait);
        using var refused = await third;
        Assert.True(refused.HasNoRoom);
        Assert.Equal(0, refused.Bytes.Length);
    }

    [Fact]
    public async Task Holds_room_for_what_came_of_it_only()
    {
        var memory = new BodyMemory(TimeProvider.System, maxWorkingBytes: 1_000_000);
        var limits = BodyLimits.OfBytes(1_000_000);
        var bodies = new List<RequestBody>();
        // Each might inflate to a megabyte and holds a tenth, the last one nothing, for it is broken.
        for (var i = 0; i < 9; i++) bodies.Add(await RequestBody.ReadAsync(new MemoryStream(Gzipped(new string('a', 100_000))), null, null, limits, TimeProvider.System, default, memory: memory));
        Assert.All(bodies, body => Assert.Equal(100_000, body.Bytes.Length));
        foreach (var body in bodies) body.Dispose();
        using var bomb = await RequestBody.ReadAsync(new MemoryStream(Gzipped(new string('a', 2_000_000))), null, null, limits, TimeProvider.System, default, memory: memory);
        Assert.Equal(RejectReason.InflatedTooLarge, bomb.Fault);
        Assert.True(await memory.TakeAsync(1_000_000, default)); // nothing of all that is counted any more
    }

    static ValueTask<RequestBody> ReadAsync(byte[] bytes, string? contentEncoding = null) =>
        RequestBody.ReadAsync(new MemoryStream(bytes), null, contentEncoding, Limits, TimeProvider.System, default);

    static byte[] Gzipped(string text)
    {
        var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.Optimal)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return file.ToArray();
    }

    sealed class NeverEnding : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    sealed class Dripping(Action wait) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            wait();
            buffer.Span[0] = (byte)' ';
            return new(1);
        }
    }

    sealed class Pieces(byte[] bytes, int pieceBytes) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            return Read(buffer.Span[..Math.Min(buffer.Length, pieceBytes)]);
        }
    }
}
