using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Cairn.Support;
using Xunit;

namespace Cairn.EndToEnd.Startup;

public sealed class A_start_on_a_taken_port
{
    [Theory]
    [InlineData("")]
    [InlineData("1")] // with the demo, which waits for the start
    public async Task Says_one_line_that_a_person_can_act_on(string demo)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var folder = new TemporaryFolder();
        using var process = Process.Start(new ProcessStartInfo(RunningCairn.Binary, ["--port", port.ToString(CultureInfo.InvariantCulture), "--data", folder["data"]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(RunningCairn.Binary)!,
            Environment = { ["CAIRN_DEMO"] = demo },
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        var lines = (await output + await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"Can't listen there: Failed to bind to address http://127.0.0.1:{port}: address already in use. Choose another with --port.", Assert.Single(lines));
        Assert.Equal(1, process.ExitCode);
    }
}
