using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cairn.Support;
using Xunit;

namespace Cairn.EndToEnd.Startup;

/// <summary>./run.sh, in a checkout that has the built server in its place and a stand-in for the compiler that writes down when it is called.</summary>
public sealed class The_run_command : IDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    readonly TemporaryFolder folder = new();

    public The_run_command()
    {
        foreach (var file in new[] { "run.sh", "scripts/machine.sh" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[file])!);
            File.Copy(RepositoryFolder.Of(file.Split('/')), folder[file]);
        }
        foreach (var file in new[] { "host.json", "global.json", "Directory.Build.props", "src/Api/Door.cs", "src/Dashboard/page.js" }) Touch(file, hoursAgo: 2);
        WriteScript("tools/dotnet", $"""
            if [ "$1" = --list-sdks ]; then echo '10.0.100 [/usr/share/dotnet/sdk]'; exit; fi
            echo "$*" >> '{folder["builds.txt"]}'
            """);
        Directory.CreateDirectory(folder["artifacts/bin/Functions"]);
    }

    string Binary => folder["artifacts/bin/Functions/release/Cairn.Functions"];

    string[] Builds => File.Exists(folder["builds.txt"]) ? File.ReadAllLines(folder["builds.txt"]) : [];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Explains_itself_without_building_or_starting_anything(string option)
    {
        PutEcho();
        var (exitCode, output, _) = await RunAsync([option]);
        Assert.Equal(0, exitCode);
        foreach (var words in new[] { "--port N", "--data D", "--demo", "--help", "7071" }) Assert.Contains(words, output, StringComparison.Ordinal);
        Assert.DoesNotContain("ran", output, StringComparison.Ordinal);
        Assert.Empty(Builds);
    }

    [Fact]
    public async Task Builds_only_when_a_source_is_newer()
    {
        PutEcho();
        await RunAsync([]);
        Assert.Empty(Builds);

        foreach (var source in new[] { "src/Api/Door.cs", "src/Dashboard/page.js", "host.json", "Directory.Build.props" })
        {
            var before = Builds.Length;
            Touch(source, hoursAgo: -1);
            await RunAsync([]);
            Assert.Equal(before + 1, Builds.Length);
            Assert.Contains("src/Functions/Functions.csproj -c Release", Builds[^1], StringComparison.Ordinal);
            Touch(source, hoursAgo: 2);
            await RunAsync([]);
            Assert.Equal(before + 1, Builds.Length);
        }
        // What is no source of the program may change as it likes.
        Touch("src/Api/notes.md", hoursAgo: -1);
        await RunAsync([]);
        Assert.Equal(4, Builds.Length);
    }

    [Fact]
    public async Task Gives_its_options_on_and_takes_a_folder_from_where_it_was_typed()
    {
        PutEcho();
        Directory.CreateDirectory(folder["elsewhere"]);
        var (_, output, _) = await RunAsync(["--port", "7999", "--data", "my data", "--demo"], folder["elsewhere"]);
        Assert.Contains($"ran [--port] [7999] [--data] [{folder["elsewhere"]}/my data] demo=1", output, StringComparison.Ordinal);
        Assert.Contains("ran [--data] [/srv/cairn] demo=", (await RunAsync(["--data", "/srv/cairn"])).Output, StringComparison.Ordinal);
        Assert.Contains("ran demo=", (await RunAsync([])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_what_is_wrong_with_an_option_and_what_there_is()
    {
        PutServer();
        var (exitCode, output, errors) = await RunAsync(["--prot", "7071"]);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("--prot: there is no such option.", output + errors, StringComparison.Ordinal);
        Assert.Contains("--port N", output + errors, StringComparison.Ordinal);
        Assert.NotEqual(0, (await RunAsync(["--data"])).ExitCode);
    }

    [Fact]
    public async Task Says_where_it_listens_when_it_answers_and_who_has_the_port_when_it_can_not()
    {
        PutServer();
        var port = RunningCairn.FreePort();
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        using var first = Start(["--port", port.ToString(CultureInfo.InvariantCulture), "--data", "mine"], folder["tools"]);
        try
        {
            var said = new StringBuilder();
            using var patience = new CancellationTokenSource(Limit);
            while (await first.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                said.AppendLine(line);
                if (line.Contains($"Cairn is listening on {address}", StringComparison.Ordinal)) break;
            }
            Assert.Contains($"listening on {address}", said.ToString(), StringComparison.Ordinal);
            using var http = new HttpClient();
            // Ready is ready: the first request after that line is answered.
            using var answer = await http.GetAsync(new Uri($"{address}/api/v1/health/live"), patience.Token);
            Assert.True(answer.IsSuccessStatusCode);
            Assert.True(File.Exists(folder["tools/mine/keys.json"]));

            var (exitCode, output, errors) = await RunAsync(["--port", port.ToString(CultureInfo.InvariantCulture), "--data", "other"]);
            Assert.NotEqual(0, exitCode);
            Assert.Contains(port.ToString(CultureInfo.InvariantCulture), output + errors, StringComparison.Ordinal);
            Assert.Contains("--port", output + errors, StringComparison.Ordinal);
        }
        finally
        {
            first.Kill(entireProcessTree: true);
            await first.WaitForExitAsync();
        }
    }

    /// <summary>A program in the server's place that says how it was called.</summary>
    void PutEcho() => WriteScript("artifacts/bin/Functions/release/Cairn.Functions", """
        printf 'ran'; for argument in "$@"; do printf ' [%s]' "$argument"; done; echo " demo=${CAIRN_DEMO:-}"
        """);

    /// <summary>The server itself, as built beside the tests.</summary>
    void PutServer()
    {
        Directory.CreateSymbolicLink(Path.GetDirectoryName(Binary)!, Path.GetDirectoryName(RunningCairn.Binary)!);
        foreach (var file in new[] { "host.json", "global.json", "Directory.Build.props", "src/Api/Door.cs", "src/Dashboard/page.js" }) Touch(file, hoursAgo: 24 * 365);
    }

    void Touch(string file, double hoursAgo)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[file])!);
        if (!File.Exists(folder[file])) File.WriteAllText(folder[file], "");
        File.SetLastWriteTimeUtc(folder[file], DateTime.UtcNow.AddHours(-hoursAgo));
    }

    void WriteScript(string file, string lines)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[file])!);
        File.WriteAllText(folder[file], "#!/usr/bin/env bash\n" + lines + "\n");
        File.SetUnixFileMode(folder[file], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    async Task<(int ExitCode, string Output, string Errors)> RunAsync(string[] arguments, string? from = null)
    {
        using var process = Start(arguments, from ?? folder.FullPath);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output, await errors);
    }

    Process Start(string[] arguments, string from)
    {
        var start = new ProcessStartInfo(folder["run.sh"], arguments) { WorkingDirectory = from, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{folder["tools"]}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment.Remove("CAIRN_DEMO");
        return Process.Start(start)!;
    }
}
