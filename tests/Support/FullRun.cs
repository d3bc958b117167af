using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cairn.Support;

/// <summary>How much a random suite runs: a seeded part every time, and the published count where CAIRN_TEST_FULL is 1 (<c>./test.sh --full</c>).</summary>
/// <remarks>CONTRIBUTING.md lists the suites with both counts; what full runs saw is kept in the <c>results</c> folder beside each suite.</remarks>
public static class FullRun
{
    static readonly Lock Gate = new();

    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("CAIRN_TEST_FULL") == "1";

    /// <summary>How many histories, seeds or mutations to run.</summary>
    public static int Count(int everyRun, int full) => IsOn ? full : everyRun;

    /// <summary>Keeps, in a full run, what a test that went well has seen: a line in the results file of its class.</summary>
    /// <param name="suite">The test class.</param>
    /// <param name="saw">Seeds, how many of what, and what came out.</param>
    /// <param name="test">The sentence of the test.</param>
    public static void Keep(object suite, string saw, [CallerMemberName] string test = "")
    {
        if (!IsOn) return;
        var type = suite.GetType();
        var project = type.Assembly.GetName().Name!.Split('.')[^1];
        var file = RepositoryFolder.Of("tests", project, "results", $"{type.FullName![(type.Assembly.GetName().Name!.Length + 1)..]}.txt");
        var line = $"{test}: {saw} ({Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd})";
        lock (Gate)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var others = File.Exists(file) ? File.ReadAllLines(file).Where(old => old.Length > 0 && !old.StartsWith($"{test}: ", StringComparison.Ordinal)) : [];
            File.WriteAllLines(file, others.Append(line).Order(StringComparer.Ordinal));
        }
    }
}
