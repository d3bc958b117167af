using System.Diagnostics;
using System.Text;
using Cairn.Storage.Parquet;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Storage.Parquet;

/// <summary>Files with bytes changed, cut, doubled or moved. Ours, with their checksums, give the rows they held or say what is wrong; nobody's make us crash, hang or take memory without bound.</summary>
public class An_altered_file
{
    /// <summary>Mutations of each file.</summary>
    static readonly int Rounds = FullRun.Count(1_500, 100_000);

    /// <summary>One read may take this much memory: the golden files hold a few hundred rows.</summary>
    const long MaxAllocatedBytes = 64L << 20;

    static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(5);

    public static TheoryData<string> Names() => Golden_files.Names();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Is_answered_with_its_rows_or_with_what_is_wrong(string name)
    {
        var original = await File.ReadAllBytesAsync(RepositoryFolder.Of("tests", "Golden", "parquet", name + ".parquet"));
        var isOurs = name.StartsWith("cairn", StringComparison.Ordinal);
        var rows = await Read(original);
        int refused = 0, same = 0, other = 0;
        for (var seed = 0; seed < Rounds; seed++)
        {
            var altered = Mutation.Of(original, new Random(seed));
            var before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            string? read = null;
            try
            {
                read = await Read(altered);
            }
            catch (ParquetFormatException)
            {
                refused++;
            }
            catch (Exception crash)
            {
                Assert.Fail($"{name}, seed {seed}: {crash}");
            }
            Assert.True(watch.Elapsed < MaxDuration, $"{name}, seed {seed}: took {watch.Elapsed}");
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MaxAllocatedBytes, $"{name}, seed {seed}: {allocated} bytes");
            if (read is null) continue;
            if (read == rows) same++;
            else other++;
            Assert.False(isOurs && read != rows, $"{name}, seed {seed}: other rows than were written\n{rows[..Math.Min(rows.Length, 3000)]}\n{read[..Math.Min(read.Length, 3000)]}");
        }
        Assert.True(refused > Rounds / 2, $"{refused} refused, {same} with the same rows, {other} with others");
        FullRun.Keep(this, $"seeds 0 to {Rounds - 1}: {refused:N0} refused by what is wrong, {same:N0} gave the rows that were written, {other:N0} others; none crashed, hung or took memory", $"{nameof(Is_answered_with_its_rows_or_with_what_is_wrong)}({name})");
    }

    /// <summary>All of it as text, schema included; throws for a file that is not what it was.</summary>
    static async Task<string> Read(byte[] bytes)
    {
        var file = ParquetReader.Open("altered", bytes);
        var text = new StringBuilder();
        foreach (var leaf in file.Schema.Leaves) text.Append(leaf).Append(leaf.Column);
        for (var group = 0; group < file.RowGroups.Count; group++)
            foreach (var row in await JsonAssembler.ReadAsync(file, group, _ => true, default)) text.Append(Encoding.UTF8.GetString(row.Span));
        return text.ToString();
    }
}
