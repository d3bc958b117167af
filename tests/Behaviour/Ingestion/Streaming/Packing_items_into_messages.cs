using System.Buffers.Binary;
using System.IO.Hashing;
using Cairn.Ingestion;
using Cairn.Ingestion.Streaming;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Support.Ingestion;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Streaming;

public class Packing_items_into_messages
{
    [Fact]
    public void What_is_packed_comes_back_whole_and_in_order()
    {
        var seeds = FullRun.Count(4, 300);
        for (var seed = 1; seed <= seeds; seed++) PackAndRead(seed);
        FullRun.Keep(this, $"seeds 1 to {seeds}: 20 random requests each came back whole and in order");
    }

    static void PackAndRead(int seed)
    {
        var random = new Random(seed);
        var content = new ContentWriter();
        var sent = new List<string>();
        for (var request = 0; request < 20; request++)
        {
            using var batch = RandomBatch(random);
            var project = request % 2 == 0 ? Batches.Shop : Batches.Blog;
            content.Write(batch, project, Enumerable.Range(0, batch.Items.Length).ToArray());
            foreach (var item in batch.Items) sent.Add($"{project.ProjectId} {Decoded.Show(item)}");
        }
        var received = Pack(content).SelectMany(message => Decoded.Of(message)).Select(item => $"{item.ProjectId} {Decoded.Show(item.Item)}");
        Assert.True(sent.SequenceEqual(received), $"seed {seed}");
    }

    [Theory]
    [InlineData(0.0)] // nothing repeats
    [InlineData(0.9)]
    [InlineData(1.0)] // all the same
    public void Messages_stay_below_the_limit_and_fill_up_to_it(double repetition)
    {
        var random = new Random(5);
        var content = new ContentWriter();
        using var batch = Batches.Of();
        for (var i = 0; i < 20_000; i++)
            batch.With("Page View", $"u{i}", $$"""{"page":"{{(random.NextDouble() < repetition ? "/home" : Some(random, 120))}}"}""");
        content.Write(batch, Batches.Shop, Enumerable.Range(0, batch.Items.Length).ToArray());
        var messages = Pack(content);
        Assert.All(messages, message => Assert.InRange(message.Length, 1, StreamLimits.MaxMessageBytes));
        // All but the first few, which learn how well it compresses, and the last.
        Assert.All(messages.Skip(4).SkipLast(1), message => Assert.True(message.Length > StreamLimits.MaxMessageBytes * 0.55 || repetition == 1.0, $"{message.Length} bytes"));
        Assert.Equal(20_000, messages.Sum(message => Decoded.Of(message).Count));
    }

    [Fact]
    public void A_large_item_travels_alone()
    {
        using var batch = Batches.Of().With("small").With("large", body: $$"""{"text":"{{Some(new Random(6), 900_000)}}"}""").With("small");
        var content = new ContentWriter();
        content.Write(batch, Batches.Shop, [0, 1, 2]);
        var messages = Pack(content);
        Assert.Equal(["small", "large", "small"], messages.Select(message => Batches.Text(Decoded.Of(message).Single().Item.Name)));
        Assert.InRange(messages[1].Length, StreamLimits.MaxMessageBytes, StreamLimits.MaxLoneMessageBytes);
    }

    [Fact]
    public void An_item_that_no_message_holds_is_our_own_fault()
    {
        using var batch = Batches.Of().With("huge", body: Some(new Random(7), 1_050_000));
        var content = new ContentWriter();
        content.Write(batch, Batches.Shop, [0]);
        Assert.Throws<ArgumentException>(() => Pack(content));
    }

    [Fact]
    public void A_message_of_version_1_stays_readable()
    {
        // Golden: written by the first version of this format.
        var item = Assert.Single(Decoded.Of(Convert.FromHexString(GoldenMessage)));
        Assert.Equal("shop1", item.ProjectId);
        Assert.Equal(GoldenItem, Decoded.Show(item.Item));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void A_damaged_message_is_refused_whatever_was_damaged(int seed)
    {
        var random = new Random(seed);
        var message = OneMessage(random);
        for (var i = 0; i < FullRun.Count(2_000, 100_000); i++)
        {
            var damaged = message.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            Assert.Throws<MessageFormatException>(() => Decoded.Of(damaged));
            Assert.Throws<MessageFormatException>(() => Decoded.Of(message.AsMemory(0, random.Next(message.Length))));
        }
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(23)]
    public void Content_that_lies_behind_a_right_checksum_reads_as_something_or_is_refused(int seed)
    {
        // Whoever can write to the stream can make a right checksum: no length of theirs may lead outside the message.
        var random = new Random(seed);
        var content = PlainContent(random);
        var refused = 0;
        var count = FullRun.Count(5_000, 300_000);
        for (var i = 0; i < count; i++)
        {
            var damaged = content.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                Decoded.Of(PlainMessage(damaged.AsSpan(0, random.Next(damaged.Length / 2, damaged.Length + 1))));
            }
            catch (MessageFormatException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, count / 5, count);
        FullRun.Keep(this, $"{count:N0} damaged messages: {refused:N0} refused, the others read as something", $"{nameof(Content_that_lies_behind_a_right_checksum_reads_as_something_or_is_refused)}(seed {seed})");
    }

    [Fact]
    public void A_length_beyond_all_messages_takes_no_memory()
    {
        var message = PlainMessage([1, 2, 3]);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), uint.MaxValue);
        Checksum(message);
        Assert.Throws<MessageFormatException>(() => Decoded.Of(message));
    }

    [Theory]
    [InlineData("Shop1")]
    [InlineData("a/b")]
    [InlineData("..")]
    public void A_project_that_is_no_part_of_a_blob_name_is_refused(string projectId)
    {
        using var batch = Batches.Of().With("x");
        var content = new ContentWriter();
        content.Write(batch, Batches.Shop with { ProjectId = projectId }, [0]);
        Assert.Throws<MessageFormatException>(() => Decoded.Of(Pack(content)[0]));
    }

    const string GoldenMessage =
        "CA010000BA5E9065550000000573686F7031EFCDAB8967452301EFBEADDE000A45A99C01000003810003FF77AC0209960109046E616D6503616E6E09246465766963653A640164017503692D310137046A732F31027B7D097B2261223A2262227D";
    const string GoldenItem =
        "LinkClaim|Segment|SegmentAlias|True|ASNFZ4mrze_erb7v.300|1772366400000|1772366399995|1772366400070|6E616D65|616E6E|246465766963653A64|64|75|692D31|37|6A732F31|7B7D|7B2261223A2262227D";

    static ItemBatch RandomBatch(Random random)
    {
        var batch = Batches.Of((Dialect)random.Next(1, 4), receivedAtMs: Batches.NowMs + random.Next());
        for (var i = random.Next(1, 60); i > 0; i--)
            batch.WithItem((ItemKind)random.Next(1, 5), (ref Item item) =>
            {
                item.LinkRule = (LinkRule)random.Next(0, 12);
                item.SkipsProfile = random.Next(2) == 0;
                item.TimeMs = random.NextInt64(long.MinValue, long.MaxValue);
                item.SentTimeMs = random.Next(3) switch { 0 => 0, 1 => item.TimeMs, _ => random.NextInt64(long.MinValue, long.MaxValue) };
                item.Name = Bytes(random);
                item.DistinctId = Bytes(random);
                item.OtherId = Bytes(random);
                item.DeviceId = Bytes(random);
                item.UserId = Bytes(random);
                item.InsertId = Bytes(random);
                item.SessionId = Bytes(random);
                item.Sdk = Bytes(random);
                item.Body = Bytes(random, 2_000);
                item.Groups = Bytes(random);
            });
        return batch;
    }

    static byte[] Bytes(Random random, int most = 40)
    {
        var bytes = new byte[random.Next(2) * random.Next(most)];
        random.NextBytes(bytes);
        return bytes;
    }

    static string Some(Random random, int length) => string.Create(length, random, (text, r) =>
    {
        for (var i = 0; i < text.Length; i++) text[i] = (char)('!' + r.Next(90));
    }).Replace('"', ' ').Replace('\\', ' ');

    static byte[] OneMessage(Random random)
    {
        using var batch = RandomBatch(random);
        var content = new ContentWriter();
        content.Write(batch, Batches.Shop, Enumerable.Range(0, batch.Items.Length).ToArray());
        return Pack(content)[0];
    }

    static byte[] PlainContent(Random random)
    {
        using var batch = RandomBatch(random);
        var content = new ContentWriter();
        content.Write(batch, Batches.Shop, Enumerable.Range(0, batch.Items.Length).ToArray());
        return content.Slice(0, content.SectionEnds[0]).ToArray();
    }

    static byte[] PlainMessage(ReadOnlySpan<byte> content)
    {
        byte[] message = [0xCA, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. content];
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(8), content.Length);
        Checksum(message);
        return message;
    }

    static void Checksum(byte[] message) => BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(4), Crc32.HashToUInt32(message.AsSpan(8)));

    static List<byte[]> Pack(ContentWriter content)
    {
        var messages = new List<ArraySegment<byte>>();
        new MessagePacker().Pack(content, messages);
        return [.. messages.Select(message => message.ToArray())];
    }
}
