using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Cairn.Support;
using Xunit;

namespace Cairn.EndToEnd.Deployment;

/// <summary>The hooks of azure.yaml, in the order in which azd runs them, around the running product. What azd itself does is a file of variables here.</summary>
public sealed class Deploying_for_the_first_time : IDisposable
{
    readonly TemporaryFolder project = new();

    [Fact]
    public async Task Shows_keys_once_that_open_the_first_project()
    {
        var before = await HookAsync("admin-key.sh", new Dictionary<string, string>());
        Assert.True(before.ExitCode == 0, before.Output);
        var variables = Variables();
        Assert.Matches("^[0-9a-f]{64}$", variables["CAIRN_ADMIN_KEY_SHA256"]);
        Assert.Matches(@"^\d{4}-\d{2}-01$", variables["CAIRN_BUDGET_START"]);

        // A second provisioning changes nothing.
        Assert.Equal(0, (await HookAsync("admin-key.sh", variables)).ExitCode);
        Assert.Equal(variables, Variables());

        await using var cairn = await RunningCairn.StartAsync(settings: new Dictionary<string, string> { ["CAIRN_ADMIN_KEY_SHA256"] = variables["CAIRN_ADMIN_KEY_SHA256"] });
        variables["SERVICE_API_URI"] = cairn.Url.ToString();
        var after = await HookAsync("first-keys.sh", variables);
        Assert.True(after.ExitCode == 0, after.Output);

        var projectId = Shown(after.Output, "project id");
        Assert.Equal(cairn.Keys.ProjectId, projectId);
        using var track = await cairn.Http.PostAsync("/track?verbose=1", new StringContent(
            $$$"""[{"event":"Signed Up","properties":{"token":"{{{Shown(after.Output, "Mixpanel token")}}}","distinct_id":"ann"}}]""", Encoding.UTF8, "application/json"));
        Assert.Contains("\"status\":1", await track.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(cairn, "/api/query/events/names", Basic(Shown(after.Output, "secret"), "")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(cairn, "/api/2/events/list", Basic(Shown(after.Output, "Amplitude API key"), Shown(after.Output, "secret"))));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(cairn, "/api/v1/projects", new AuthenticationHeaderValue("Bearer", Shown(after.Output, "admin key"))));
        Assert.Equal(HttpStatusCode.Redirect, await FirstVisitAsync(Regex.Match(after.Output, @"http\S+/signin\?code=\S+").Value));

        // The key is in no file any more, and the next deployment shows none.
        Assert.DoesNotContain(Directory.GetFiles(project.FullPath, "*", SearchOption.AllDirectories), file => File.ReadAllText(file).Contains(Shown(after.Output, "admin key"), StringComparison.Ordinal));
        var again = await HookAsync("first-keys.sh", variables);
        Assert.Equal((0, $"Waiting for {cairn.Url.ToString().TrimEnd('/')}\nCairn answers at {cairn.Url.ToString().TrimEnd('/')}\n"), again);
    }

    [Fact]
    public async Task Keeps_the_key_where_only_its_owner_reads_it_until_then()
    {
        Assert.Equal(0, (await HookAsync("admin-key.sh", new Dictionary<string, string>())).ExitCode);
        var file = Path.Combine(project.FullPath, ".azure", "shop", "admin-key");
        Assert.StartsWith("cairn_admin_", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    public void Dispose() => project.Dispose();

    static string Shown(string output, string name) => Regex.Match(output, $@"^  {name} +(\S+)$", RegexOptions.Multiline) is { Success: true } match
        ? match.Groups[1].Value
        : throw new InvalidDataException($"no {name} is shown in:\n{output}");

    static AuthenticationHeaderValue Basic(string user, string password) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    static async Task<HttpStatusCode> AskAsync(RunningCairn cairn, string path, AuthenticationHeaderValue credentials)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = credentials } };
        using var answer = await cairn.Http.SendAsync(request);
        return answer.StatusCode;
    }

    static async Task<HttpStatusCode> FirstVisitAsync(string link)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler);
        using var answer = await browser.GetAsync(new Uri(link));
        return answer.StatusCode;
    }

    Dictionary<string, string> Variables() => File.ReadLines(Path.Combine(project.FullPath, "azd.env")).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>Runs a hook as azd does: in the project's folder, with the environment's variables.</summary>
    async Task<(int ExitCode, string Output)> HookAsync(string hook, IReadOnlyDictionary<string, string> variables)
    {
        var tools = Directory.CreateDirectory(Path.Combine(project.FullPath, "tools")).FullName;
        var azd = Path.Combine(tools, "azd");
        await File.WriteAllTextAsync(azd, "#!/bin/sh\n[ \"$1 $2\" = 'env set' ] && echo \"$3=$4\" >> azd.env\n");
        File.SetUnixFileMode(azd, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo("sh", [RepositoryFolder.Of("infra", "hooks", hook)]) { WorkingDirectory = project.FullPath, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{tools}:{start.Environment["PATH"]}";
        start.Environment["AZURE_ENV_NAME"] = "shop";
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var faults = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await faults);
    }
}
