using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Cairn.Support;

/// <summary>The built binary, running on a free port over a folder of its own; killed and removed when disposed.</summary>
public sealed class RunningCairn : IAsyncDisposable
{
    /// <summary>How long a start may take before the test gives up, on a busy machine.</summary>
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    readonly IReadOnlyDictionary<string, string> settings;
    readonly StringBuilder output = new();
    Process? process;

    RunningCairn(string dataFolder, int port, IReadOnlyDictionary<string, string> settings)
    {
        DataFolder = dataFolder;
        this.settings = settings;
        Url = new($"http://127.0.0.1:{port}");
        Http = new() { BaseAddress = Url };
    }

    /// <summary>Where it keeps everything.</summary>
    public string DataFolder { get; }

    public Uri Url { get; }

    /// <summary>A client without credentials.</summary>
    public HttpClient Http { get; }

    /// <summary>What the first start wrote into keys.json.</summary>
    public Keys Keys { get; private set; } = null!;

    /// <summary>From the start of the process to its first answered request.</summary>
    public TimeSpan StartTook { get; private set; }

    /// <summary>Everything it printed so far.</summary>
    public string Output { get { lock (output) return output.ToString(); } }

    /// <summary>Starts a fresh one, or one over an existing data folder.</summary>
    /// <param name="settings">Environment variables beside the test's own.</param>
    public static async Task<RunningCairn> StartAsync(string? dataFolder = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        dataFolder ??= Directory.CreateTempSubdirectory("cairn-").FullName;
        var cairn = new RunningCairn(dataFolder, FreePort(), settings ?? new Dictionary<string, string>());
        await cairn.StartAgainAsync();
        return cairn;
    }

    /// <summary>Starts it after a kill, over the same data and on the same port.</summary>
    public async Task StartAgainAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var start = new ProcessStartInfo(Binary)
        {
            ArgumentList = { "--port", Url.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "--data", DataFolder },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(Binary)!,
        };
        foreach (var (name, value) in settings) start.Environment[name] = value;
        process = Process.Start(start) ?? throw new InvalidOperationException($"{Binary} did not start");
        process.OutputDataReceived += Collect;
        process.ErrorDataReceived += Collect;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (!await AnswersAsync())
        {
            if (process.HasExited) throw new InvalidOperationException($"the server stopped with {process.ExitCode}:\n{Output}");
            if (Stopwatch.GetElapsedTime(started) > StartLimit) throw new TimeoutException($"no answer from {Url} in {StartLimit}:\n{Output}");
            await Task.Delay(10);
        }
        StartTook = Stopwatch.GetElapsedTime(started);
        // One whose data lies in a storage account keeps no keys, as on Azure.
        if (File.Exists(Path.Combine(DataFolder, "keys.json"))) Keys = Keys.Read(Path.Combine(DataFolder, "keys.json"));
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public void Kill()
    {
        if (process is null) return;
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        process = null;
    }

    /// <summary>The most resident memory so far, bytes.</summary>
    public long PeakResidentBytes
    {
        get
        {
            process!.Refresh();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary>Resident memory now, bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            process!.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Processor time of all its threads since its start, in user and kernel mode.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process!.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>A client that shows a project secret as Mixpanel's query API wants it.</summary>
    public HttpClient AsMixpanelReader() => WithBasic(Keys.ApiSecret, "");

    /// <summary>A client that shows key and secret as Amplitude's dashboard API wants them.</summary>
    public HttpClient AsAmplitudeReader() => WithBasic(Keys.ApiKey, Keys.ApiSecret);

    /// <summary>A client that may do everything.</summary>
    public HttpClient AsAdmin()
    {
        var client = new HttpClient { BaseAddress = Url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Keys.AdminKey);
        return client;
    }

    public HttpClient WithBasic(string user, string password)
    {
        var client = new HttpClient { BaseAddress = Url };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        return client;
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        Http.Dispose();
        Directory.Delete(DataFolder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>The server as built beside the tests, in their configuration.</summary>
    public static string Binary
    {
        get
        {
            var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
            var binary = RepositoryFolder.Of("artifacts", "bin", "Functions", configuration, "Cairn.Functions");
            return File.Exists(binary) ? binary : throw new FileNotFoundException($"{binary} is missing; type: dotnet build Functions.sln");
        }
    }

    /// <summary>A port nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    async Task<bool> AnswersAsync()
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri("/api/v1/health/live", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // not listening yet
        }
    }

    void Collect(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null) return;
        lock (output) output.AppendLine(line.Data);
    }
}

/// <summary>The contents of keys.json.</summary>
public sealed record Keys(string ProjectId, string Token, string ApiKey, string ApiSecret, string WriteKey, string AccountName, string AccountSecret, string AdminKey)
{
    public static Keys Read(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        string Text(string name) => json.RootElement.GetProperty(name).GetString()!;
        var account = json.RootElement.GetProperty("service_account");
        return new(Text("project_id"), Text("token"), Text("api_key"), Text("api_secret"), Text("write_key"),
            account.GetProperty("username").GetString()!, account.GetProperty("secret").GetString()!, Text("admin_key"));
    }
}
