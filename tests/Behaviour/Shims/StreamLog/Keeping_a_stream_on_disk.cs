using System.Text;
using Azure.Messaging.EventHubs;
using Cairn.Shims.StreamLog;
using Cairn.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Shims.StreamLog;

/// <summary>The log that stands in for Event Hubs on one machine: what was acknowledged stays, in order, once; what was not is never read.</summary>
public sealed class Keeping_a_stream_on_disk : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cairn-");
    readonly FaultyFiles files = new();
    readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    HubSettings Settings => new() { PartitionCount = 1, Files = files, Time = time };

    string HubFolder => Path.Combine(folder.FullName, "events");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Gives_back_what_was_sent_in_order_over_files_and_restarts()
    {
        var settings = Settings with { SegmentBytes = 500 };
        for (var start = 0; start < 30; start += 10)
        {
            using var hub = new HubLog(HubFolder, settings);
            for (var i = start; i < start + 10; i++) await hub.Partitions[0].AppendAsync([Body($"first {i}"), Body($"second {i}")], Patience);
        }
        using var again = new HubLog(HubFolder, settings);
        Assert.True(Directory.GetFiles(Path.Combine(HubFolder, "partitions", "0")).Length > 3);
        var read = ReadAll(again);
        Assert.Equal(Enumerable.Range(0, 60).Select(seq => (long)seq), read.Select(record => record.Seq));
        Assert.Equal(Enumerable.Range(0, 30).SelectMany(i => new[] { $"first {i}", $"second {i}" }), read.Select(Text));
        Assert.All(read, record => Assert.Equal(time.GetUtcNow(), record.EnqueuedAt));
    }

    [Fact]
    public async Task Flushes_once_for_all_who_wait()
    {
        using var hub = new HubLog(HubFolder, Settings);
        using var entered = new SemaphoreSlim(0);
        using var let = new SemaphoreSlim(0);
        files.BeforeFlush = _ => { entered.Release(); let.Wait(); };
        var before = files.Flushes;
        var first = hub.Partitions[0].AppendAsync([Body("first")], Patience);
        await entered.WaitAsync();
        var others = Enumerable.Range(0, 100).Select(i => hub.Partitions[0].AppendAsync([Body($"other {i}")], Patience)).ToList();
        Assert.Empty(ReadAll(hub)); // written, but not durable: nobody reads it
        Assert.False(first.IsCompleted);
        let.Release(2);
        await Task.WhenAll([first, .. others]);
        Assert.Equal(2, files.Flushes - before);
        Assert.Equal(101, ReadAll(hub).Count);
    }

    [Fact]
    public async Task Wakes_a_reader_when_there_is_more()
    {
        using var hub = new HubLog(HubFolder, Settings);
        await hub.Partitions[0].AppendAsync([Body("one")], Patience);
        await hub.Partitions[0].WaitForAsync(0, default);
        var more = hub.Partitions[0].WaitForAsync(1, default);
        Assert.False(more.IsCompleted);
        await hub.Partitions[0].AppendAsync([Body("two")], Patience);
        await more.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("full")]
    [InlineData("torn")]
    [InlineData("unflushed")]
    [InlineData("no room for the next file")]
    public async Task Tells_the_sender_when_the_disk_refuses_and_leaves_no_gap(string fault)
    {
        using var hub = new HubLog(HubFolder, Settings with { SegmentBytes = 200 });
        await hub.Partitions[0].AppendAsync([Body("before")], Patience);
        switch (fault)
        {
            case "full": files.BeforeWrite = (_, _) => throw FaultyFiles.DiskFull(); break;
            case "torn": files.TearAfterBytes = 30; break;
            case "unflushed": files.BeforeFlush = _ => throw new IOException("Input/output error"); break;
            default:
                files.BeforeWrite = (path, bytes) => { if (bytes == 40) throw FaultyFiles.DiskFull(); };
                await hub.Partitions[0].AppendAsync([Body("fits")], Patience);
                break;
        }
        var length = fault == "no room for the next file" ? 180 : 20;
        var refused = await Assert.ThrowsAsync<EventHubsException>(() => hub.Partitions[0].AppendAsync([Body(new string('x', length)), Body("lost")], Patience));
        Assert.True(refused.IsTransient);
        files.BeforeWrite = null;
        files.BeforeFlush = null;
        await hub.Partitions[0].AppendAsync([Body("after")], Patience);
        var read = ReadAll(hub);
        string[] expected = fault == "no room for the next file" ? ["before", "fits", "after"] : ["before", "after"];
        Assert.Equal(expected, read.Select(Text));
        Assert.Equal(Enumerable.Range(0, expected.Length).Select(seq => (long)seq), read.Select(record => record.Seq));
    }

    [Fact]
    public async Task Cuts_a_half_written_end_wherever_it_was_torn()
    {
        using (var hub = new HubLog(HubFolder, Settings))
        {
            await hub.Partitions[0].AppendAsync([Body("kept")], Patience);
            await hub.Partitions[0].AppendAsync([Body("torn away")], Patience);
        }
        var segment = Directory.GetFiles(Path.Combine(HubFolder, "partitions", "0")).Single();
        var whole = await File.ReadAllBytesAsync(segment);
        const int keptEnd = 40 + 24 + 4;
        for (var length = keptEnd; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(segment, whole[..length]);
            using var hub = new HubLog(HubFolder, Settings);
            Assert.Equal(whole.AsSpan(keptEnd, length - keptEnd).LastIndexOfAnyExcept((byte)0) + 1, hub.Partitions[0].TornBytes);
            await hub.Partitions[0].AppendAsync([Body("next")], Patience);
            Assert.Equal(["kept", "next"], ReadAll(hub).Select(Text));
        }
    }

    [Fact]
    public async Task Takes_the_room_behind_its_records_for_nothing_torn()
    {
        var segment = Path.Combine(HubFolder, "partitions", "0", SegmentLayout.FileName(0));
        byte[] killed;
        using (var hub = new HubLog(HubFolder, Settings))
        {
            for (var i = 0; i < 3; i++) await hub.Partitions[0].AppendAsync([Body($"message {i}")], Patience);
            killed = await File.ReadAllBytesAsync(segment);
        }
        var whole = await File.ReadAllBytesAsync(segment);
        Assert.True(killed.Length > 200_000 && whole.Length < 200, $"{killed.Length} bytes while it ran, {whole.Length} once it stopped in order");
        foreach (var torn in new[] { 0, 30 })
        {
            // Of the fourth record its first bytes came to the disk, and not where the file ends.
            for (var i = 0; i < torn; i++) killed[whole.Length + i] = (byte)(i + 1);
            await File.WriteAllBytesAsync(segment, killed);
            using (var again = new HubLog(HubFolder, Settings))
            {
                Assert.Equal(torn, again.Partitions[0].TornBytes);
                Assert.Equal(["message 0", "message 1", "message 2"], ReadAll(again).Select(Text));
            }
            Assert.Equal(whole, await File.ReadAllBytesAsync(segment));
        }
    }

    [Fact]
    public async Task Makes_no_room_past_a_files_end_nor_behind_bulk()
    {
        using var hub = new HubLog(HubFolder, Settings with { SegmentBytes = 300_000 });
        var segment = new FileInfo(Path.Combine(HubFolder, "partitions", "0", SegmentLayout.FileName(0)));
        await hub.Partitions[0].AppendAsync([new byte[200_000]], Patience);
        segment.Refresh();
        Assert.Equal(40 + 24 + 200_000, segment.Length);
        await hub.Partitions[0].AppendAsync([Body("small")], Patience);
        segment.Refresh();
        Assert.Equal(300_000, segment.Length);
        Assert.Equal(40 + 24 + 200_000 + 24 + 5, hub.Partitions[0].LengthBytes); // room counts for nothing
    }

    [Fact]
    public async Task Stops_at_damage_that_is_not_at_the_end()
    {
        var settings = Settings with { SegmentBytes = 100 };
        using (var hub = new HubLog(HubFolder, settings))
            for (var i = 0; i < 10; i++) await hub.Partitions[0].AppendAsync([Body($"message {i}")], Patience);
        var first = Directory.GetFiles(Path.Combine(HubFolder, "partitions", "0")).Order(StringComparer.Ordinal).First();
        var bytes = await File.ReadAllBytesAsync(first);
        bytes[70] ^= 1;
        await File.WriteAllBytesAsync(first, bytes);
        using var damaged = new HubLog(HubFolder, settings);
        var found = Assert.Throws<InvalidDataException>(() => ReadAll(damaged));
        Assert.Contains($"{first} is damaged at byte 40", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_another_stream_when_its_folder_was_lost()
    {
        Guid before;
        using (var hub = new HubLog(HubFolder, Settings))
        {
            before = hub.Identity.Id;
            await hub.Partitions[0].AppendAsync([Body("lost")], Patience);
            hub.WriteCheckpoint("$Default", 0, 1);
        }
        using (var same = new HubLog(HubFolder, Settings)) Assert.Equal(before, same.Identity.Id);
        Directory.Delete(HubFolder, recursive: true);
        using var anew = new HubLog(HubFolder, Settings);
        Assert.NotEqual(before, anew.Identity.Id);
        Assert.Empty(ReadAll(anew));
        Assert.Equal(0, anew.ReadCheckpoint("$Default", 0));
    }

    [Theory]
    [InlineData("partitions/0")] // numbering would begin anew under the same id, and new messages pass for old ones
    [InlineData("hub.json")]
    public async Task Refuses_to_go_on_when_only_a_part_was_lost(string lost)
    {
        using (var hub = new HubLog(HubFolder, Settings)) await hub.Partitions[0].AppendAsync([Body("message")], Patience);
        var path = Path.Combine(HubFolder, lost);
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        else File.Delete(path);
        Assert.Throws<InvalidDataException>(() => new HubLog(HubFolder, Settings));
    }

    [Fact]
    public void Belongs_to_one_process_at_a_time()
    {
        using var hub = new HubLog(HubFolder, Settings);
        Assert.Throws<IOException>(() => new HubLog(HubFolder, Settings));
    }

    [Fact]
    public async Task Keeps_what_a_group_has_not_passed_and_says_so_when_it_is_full()
    {
        var settings = Settings with { SegmentBytes = 1_000, MaxPartitionBytes = 5_000 };
        using var hub = new HubLog(HubFolder, settings);
        Assert.Equal(0, hub.ReadCheckpoint("slow", 0));
        var body = Body(new string('x', 176));
        var refused = await Assert.ThrowsAsync<EventHubsException>(async () =>
        {
            while (true)
            {
                await hub.Partitions[0].AppendAsync([body], Patience);
                time.Advance(TimeSpan.FromHours(1));
            }
        });
        Assert.Equal(EventHubsException.FailureReason.QuotaExceeded, refused.Reason);
        var read = ReadAll(hub);
        Assert.Equal(0, read[0].Seq);
        Assert.InRange(hub.Partitions[0].LengthBytes, 4_500, 5_000);

        hub.WriteCheckpoint("slow", 0, read[^1].Seq + 1);
        await hub.Partitions[0].AppendAsync([body], Patience);
        Assert.True(hub.Partitions[0].OldestSeq > 0);
        Assert.Equal(read[^1].Seq + 1, ReadAll(hub)[^1].Seq);
    }

    [Fact]
    public async Task Lets_go_of_old_messages_even_when_nothing_more_comes()
    {
        using (var hub = new HubLog(HubFolder, Settings))
        {
            hub.ReadCheckpoint("$Default", 0);
            await hub.Partitions[0].AppendAsync([Body("a person's")], Patience);
            hub.WriteCheckpoint("$Default", 0, 1);
            time.Advance(TimeSpan.FromMinutes(20));
            hub.Partitions[0].Maintain();
            Assert.Single(ReadAll(hub));
            time.Advance(TimeSpan.FromMinutes(61));
            hub.Partitions[0].Maintain();
            Assert.Empty(ReadAll(hub));
        }
        using var again = new HubLog(HubFolder, Settings);
        await again.Partitions[0].AppendAsync([Body("next")], Patience);
        Assert.Equal(1, ReadAll(again).Single().Seq); // numbers go on
    }

    [Fact]
    public void Remembers_the_last_whole_checkpoint()
    {
        using (var hub = new HubLog(HubFolder, Settings))
        {
            hub.WriteCheckpoint("$Default", 0, 10);
            hub.WriteCheckpoint("$Default", 0, 20);
        }
        var checkpoint = Path.Combine(HubFolder, "groups", Uri.EscapeDataString("$Default"), "0");
        using (var hub = new HubLog(HubFolder, Settings)) Assert.Equal(20, hub.ReadCheckpoint("$Default", 0));
        var bytes = File.ReadAllBytes(checkpoint);
        bytes[8] ^= 1; // the second write went to the first slot
        File.WriteAllBytes(checkpoint, bytes);
        using (var hub = new HubLog(HubFolder, Settings)) Assert.Equal(10, hub.ReadCheckpoint("$Default", 0));
    }

    static ReadOnlyMemory<byte> Body(string text) => Encoding.UTF8.GetBytes(text);

    static string Text(StreamRecord record) => Encoding.UTF8.GetString(record.Body.Span);

    static IReadOnlyList<StreamRecord> ReadAll(HubLog hub)
    {
        using var reader = hub.Partitions[0].Read(0);
        return reader.Take(int.MaxValue, long.MaxValue);
    }
}
