using System.Globalization;
using System.Text.Json;
using Cairn.Support;

namespace Cairn.Benchmarks.Engine;

/// <summary>What ClickHouse and DuckDB take for the bench's questions, and what they answer: peers/peers.mjs, run as it stands.</summary>
sealed class Peers
{
    readonly JsonElement results;

    Peers(JsonElement results) => this.results = results;

    /// <summary>ClickHouse in PostHog's order and by user, ClickHouse and DuckDB over Parquet, DuckDB's own table.</summary>
    public static IReadOnlyList<string> Layouts { get; } = ["clickhouse", "clickhouse_by_user", "clickhouse_parquet", "duckdb", "duckdb_parquet"];

    public string Versions => results.GetProperty("versions").ToString();

    /// <summary>Asks both engines about a data set; each question once to warm up, then some times.</summary>
    /// <param name="questions">Which, by name.</param>
    public static async Task<Peers> AskAsync(int events, int runs, IEnumerable<string> questions)
    {
        var folder = Path.GetDirectoryName(await BenchEvents.UpdatesFileAsync(events))!;
        var scripts = RepositoryFolder.Of("artifacts", "bench", "peers");
        Directory.CreateDirectory(scripts);
        foreach (var script in Directory.GetFiles(RepositoryFolder.Of("tests", "Benchmarks", "peers"), "*.mjs")) File.Copy(script, Path.Combine(scripts, Path.GetFileName(script)), overwrite: true);
        // A script finds its packages above itself.
        var packages = Path.Combine(scripts, "node_modules");
        if (!Directory.Exists(packages)) Directory.CreateSymbolicLink(packages, Path.Combine(NpmFolder.Path, "node_modules"));
        using var process = NodeTool.Start("node", [Path.Combine(scripts, "peers.mjs"), folder, $"{runs}", string.Join(',', questions)], scripts);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var faults = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"peers.mjs ended with {process.ExitCode}: {await faults}{await output}");
        Directory.Delete(Path.Combine(folder, "clickhouse"), recursive: true);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "peers.json")));
        return new(json.RootElement.Clone());
    }

    /// <summary>The median, milliseconds; null where the engine was not asked.</summary>
    public double? MedianMs(string layout, string question) => Of(layout, question)?.GetProperty("median_ms").GetDouble();

    /// <summary>Which engines say something else.</summary>
    public IEnumerable<string> Against(string question, string answer) =>
        Layouts.Where(layout => Of(layout, question) is { } asked && !AreEqual(asked.GetProperty("answer").GetString()!, answer));

    JsonElement? Of(string layout, string question) => results.GetProperty(layout).TryGetProperty(question, out var asked) ? asked : null;

    /// <summary>Counts and texts exactly; of sums, which all round to a hundredth, one hundredth.</summary>
    static bool AreEqual(string theirs, string ours)
    {
        var (x, y) = (theirs.Split('\n', '\t'), ours.Split('\n', '\t'));
        return x.Length == y.Length && x.Zip(y).All(pair => pair.First == pair.Second || IsNear(pair.First, pair.Second));
    }

    static bool IsNear(string x, string y) =>
        x.Contains('.', StringComparison.Ordinal)
        && double.TryParse(x, NumberStyles.Float, CultureInfo.InvariantCulture, out var first)
        && double.TryParse(y, NumberStyles.Float, CultureInfo.InvariantCulture, out var second)
        && Math.Abs(first - second) <= 0.0101;
}
