using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cairn.Disk.Tables;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Model.Profiles;
using Cairn.Storage.Identity;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Stores;

namespace Cairn.Benchmarks;

/// <summary>What knowing who is who costs: folding claims, naming persons, profiles now and at an event.</summary>
sealed class PeopleBenchmark : IBenchmark
{
    public string Name => "people";

    public string Says => "fold link claims, name persons, fold profiles, keep look-up rows on disk; [people] (500000)";

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter output)
    {
        var people = arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 500_000;
        var before = Memory();
        var claims = Claims(people);
        var fold = new IdentityFold(IdentityMode.Simplified);
        Time(output, $"fold {claims.Count:N0} claims of {people:N0} people in batches of 1,000", claims.Count, () =>
        {
            foreach (var batch in claims.Chunk(1000)) fold.Add(batch);
        });
        Time(output, $"the same claims again", claims.Count, () => fold.Add(claims));
        PersonMap map = null!;
        Time(output, $"take the map of {fold.IdCount:N0} ids", fold.IdCount, () => map = fold.Map);
        var late = claims.Where((_, index) => index % 1000 == 0).Select(claim => claim with { Order = new(claim.Order.ReceivedAtMs - 1, claim.Order.Item) }).ToList();
        Time(output, "late claims, and the map anew", late.Count, () =>
        {
            fold.Add(late);
            map = fold.Map;
        });
        var ids = claims.Take(1_000_000).Select(claim => claim.OtherId).ToArray();
        Time(output, "name the person of a device", ids.Length, () =>
        {
            foreach (var id in ids) map.PersonOf(id);
        });
        output.WriteLine($"memory: {(Memory() - before) / (1 << 20):N0} MiB with the claims themselves");
        GC.KeepAlive(claims);

        var updates = Updates(Math.Min(people, 100_000));
        var histories = updates.GroupBy(update => update.Id).ToDictionary(group => group.Key, group => ProfileHistory.Empty.With([.. group.Select(update => update.Update)]));
        Time(output, $"fold {updates.Count:N0} updates of {histories.Count:N0} profiles", updates.Count, () =>
        {
            foreach (var history in histories.Values) _ = history.Current;
        });
        Time(output, "a profile as of an event, first", updates.Count, () => AsOf(histories, updates));
        Time(output, "a profile as of an event, again", updates.Count, () => AsOf(histories, updates));
        await KeepRowsAsync(updates, claims, output);
    }

    static async Task KeepRowsAsync(List<(string Id, ProfileUpdate Update)> updates, List<LinkClaim> claims, TextWriter output)
    {
        using var folder = new TemporaryFolder();
        await using var tables = new SqliteTableStore(folder["tables.db"]);
        var blobs = new InMemoryBlobStore();
        var rows = new NoRows();
        var identities = new IdentityStore(tables, blobs);
        var profiles = new ProfileStore(tables, blobs, new StoredUpdates(rows), new(identities, new PersonDirectory(rows)), new ProfileDirectory(rows));
        foreach (var batchSize in new[] { 100, 1000 })
        {
            var placed = updates.Take(20_000).Select((update, index) => new PlacedUpdate(update.Id, update.Update, $"{batchSize}", index, 0)).Chunk(batchSize).ToList();
            await TimeAsync(output, $"20,000 updates to profile rows, {batchSize} a batch", 20_000, async () =>
            {
                foreach (var batch in placed) await profiles.ApplyAsync($"p{batchSize}", batch, CancellationToken.None);
            });
        }
        await TimeAsync(output, "20,000 claims to identity rows, 1000 a batch", 20_000, async () =>
        {
            foreach (var batch in claims.Take(20_000).Chunk(1000)) await identities.ApplyAsync("p", batch, CancellationToken.None);
        });
        await TimeAsync(output, "find a person and its profile", 1000, async () =>
        {
            foreach (var (id, _) in updates.Take(1000)) await profiles.FindAsync("p1000", IdentityMode.Simplified, id, CancellationToken.None);
        });
    }

    static async Task TimeAsync(TextWriter output, string what, int count, Func<Task> action)
    {
        var clock = Stopwatch.StartNew();
        var used = Environment.CpuUsage.TotalTime;
        await action();
        used = Environment.CpuUsage.TotalTime - used;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {clock.Elapsed.TotalMilliseconds:N0} ms; {used.TotalMicroseconds / count:N0} us of processor time each"));
    }

    sealed class NoRows : IRowSnapshots
    {
        public ValueTask<RowSnapshot> OpenAsync(string projectId, string kind, CancellationToken cancellationToken) => new(new RowSnapshot(projectId, kind, []));
    }

    static void AsOf(Dictionary<string, ProfileHistory> histories, List<(string Id, ProfileUpdate Update)> updates)
    {
        foreach (var (id, update) in updates) _ = histories[id].AsOf(update.Order);
    }

    static List<LinkClaim> Claims(int people)
    {
        var random = new Random(1);
        var claims = new List<LinkClaim>(people * 3);
        for (var n = 0; n < people * 3; n++)
        {
            var person = random.Next(people);
            claims.Add(new(new(n + random.Next(50), new((ulong)n, 0, 0)), LinkRule.MixpanelDeviceAndUser, Text($"user-{person}"), Text($"$device:{person}-{random.Next(3)}")));
        }
        return claims;
    }

    static List<(string Id, ProfileUpdate Update)> Updates(int people)
    {
        var random = new Random(2);
        var plans = new[] { "free", "pro", "team" };
        return [.. Enumerable.Range(0, people * 10).Select(n => (
            Text($"user-{random.Next(people)}"),
            new ProfileUpdate(new(n, new((ulong)n, 0, 0)), Encoding.UTF8.GetBytes(
                $$$"""{"set": {"plan": "{{{plans[random.Next(3)]}}}", "country": "IT", "version": "1.{{{random.Next(5)}}}"}, "add": {"logins": 1}}"""))))];
    }

    static void Time(TextWriter output, string what, int count, Action action)
    {
        var clock = Stopwatch.StartNew();
        var used = Environment.CpuUsage.TotalTime;
        action();
        used = Environment.CpuUsage.TotalTime - used;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {clock.Elapsed.TotalMilliseconds:N0} ms; {used.TotalNanoseconds / count:N0} ns of processor time each"));
    }

    static long Memory() => GC.GetTotalMemory(forceFullCollection: true);

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
