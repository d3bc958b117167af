using System.Globalization;
using System.Text;
using Azure.Messaging.EventHubs;
using Cairn.Shims.StreamLog;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Shims.StreamLog;

/// <summary>Whatever the disk does, and whenever the machine goes: each acknowledged message is there once, and nobody has read one that is gone.</summary>
public sealed class Losing_power_while_writing_a_stream
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    static readonly int Runs = FullRun.Count(60, 1_000);

    [Fact]
    public async Task Keeps_every_acknowledged_message_and_no_gap()
    {
        var acknowledged = 0;
        var refused = 0;
        for (var seed = 1; seed <= Runs; seed++)
        {
            try
            {
                var (kept, lost) = await RunAsync(new Random(seed));
                acknowledged += kept;
                refused += lost;
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"seed {seed}", fault);
            }
        }
        Assert.True(acknowledged > Runs && refused > Runs, $"{acknowledged} acknowledged, {refused} refused: the runs show too little");
        FullRun.Keep(this, $"seeds 1 to {Runs}: {acknowledged:N0} messages acknowledged, each there once; {refused:N0} refused or unknown, none of them twice");
    }

    static async Task<(int Acknowledged, int Refused)> RunAsync(Random random)
    {
        var folder = Directory.CreateTempSubdirectory("cairn-");
        try
        {
            var place = Path.Combine(folder.FullName, "events");
            var acknowledged = new List<string>();
            var refused = 0;
            List<string> seen = [];
            for (var life = 0; life < 3; life++)
            {
                var files = new FaultyFiles();
                var settings = new HubSettings { PartitionCount = 1, SegmentBytes = random.Next(100, 2_000), Files = files };
                var hub = new HubLog(place, settings);
                var read = ReadAll(hub);
                Assert.Equal(seen, read.Take(seen.Count)); // what was read before the power went is still there
                Assert.Equal(acknowledged.Order(StringComparer.Ordinal), acknowledged.Intersect(read).Order(StringComparer.Ordinal));
                Assert.Equal(read.Count, read.Distinct().Count());

                refused += await SendAsync(hub, files, random, life, acknowledged);
                seen = ReadAll(hub);
                files.Die();
                hub.Dispose();
                var kept = random.NextDouble();
                files.Forget(unflushed => (long)(unflushed * kept));
            }
            return (acknowledged.Count, refused);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static async Task<int> SendAsync(HubLog hub, FaultyFiles files, Random random, int life, List<string> acknowledged)
    {
        var dice = new Random(random.Next());
        files.BeforeWrite = (_, bytes) =>
        {
            if (Roll(dice, 12)) throw FaultyFiles.DiskFull();
            if (Roll(dice, 12)) files.TearAfterBytes = dice.Next(bytes + 1);
        };
        files.BeforeFlush = _ =>
        {
            if (Roll(dice, 12)) throw new IOException("Input/output error");
        };
        var messages = random.Next(1, 60);
        var refused = 0;
        var sends = Enumerable.Range(0, messages).Select(async i =>
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{life} {i} {new string('x', i % 7 * 20)}");
            try
            {
                if (i % 3 == 0) await Task.Yield();
                await hub.Partitions[0].AppendAsync([Encoding.UTF8.GetBytes(text)], Patience);
                lock (acknowledged) acknowledged.Add(text);
            }
            catch (EventHubsException)
            {
                Interlocked.Increment(ref refused);
            }
        });
        await Task.WhenAll(sends.ToList());
        return refused;
    }

    // The writing thread and a test may ask at once.
    static bool Roll(Random dice, int sides)
    {
        lock (dice) return dice.Next(sides) == 0;
    }

    static List<string> ReadAll(HubLog hub)
    {
        using var reader = hub.Partitions[0].Read(0);
        var records = reader.Take(int.MaxValue, long.MaxValue);
        Assert.Equal(Enumerable.Range(0, records.Count).Select(seq => (long)seq), records.Select(record => record.Seq));
        return [.. records.Select(record => Encoding.UTF8.GetString(record.Body.Span))];
    }
}
