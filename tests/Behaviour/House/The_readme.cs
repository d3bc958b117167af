using System.Diagnostics;
using System.Text.RegularExpressions;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.House;

/// <summary>What a newcomer copies from README.md's "Five minutes".</summary>
public sealed class The_readme : IAsyncLifetime
{
    ProjectsApp app = null!;

    public async Task InitializeAsync() => app = await ProjectsApp.StartAsync();

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Has_lines_that_run_as_they_stand_and_count_the_event()
    {
        var blocks = Regex.Matches(await File.ReadAllTextAsync(RepositoryFolder.Of("README.md")), "```bash\n(.*?)```", RegexOptions.Singleline);
        Assert.Equal(2, blocks.Count);
        // Nobody types as fast as a script; a loaded machine needs more than two seconds. jq is one line of Node, which a machine that runs the tests has.
        var script = $$"""
            set -euo pipefail
            command -v curl > /dev/null || { echo 'this test needs curl: apt-get install curl' >&2; exit 1; }
            jq() { node -p 'process.argv[2].slice(1).split(".").reduce((o, k) => o[k], JSON.parse(fs.readFileSync(process.argv[3])))' -- "$@"; }
            {{blocks[0].Groups[1].Value}}
            sleep 5
            {{blocks[1].Groups[1].Value}}
            """.Replace("http://127.0.0.1:7071", app.Url.ToString().TrimEnd('/'), StringComparison.Ordinal);
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = app.Folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = bash.StandardError.ReadToEndAsync();
        var output = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();

        Assert.True(bash.ExitCode == 0, $"exit {bash.ExitCode}\n{output}\n{await errors}");
        Assert.Contains("""{"error":null,"status":1}""", output, StringComparison.Ordinal);
        Assert.Matches("\"values\":{\"pro\":{\"[0-9-]+\":1}}", output);
        Assert.Contains("\"series\":[[1]]", output, StringComparison.Ordinal);
    }
}
