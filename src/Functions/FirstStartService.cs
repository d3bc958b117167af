using Cairn.Api.V1.SignIn;
using Cairn.Projects.Keys;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Functions;

/// <summary>
/// Has the first project made before the first request, and on one machine shows its keys once and a fresh sign-in link at every start. On Azure
/// nothing is shown, for logs are read by many.
/// </summary>
sealed class FirstStartService(FirstStart firstStart, SignIns signIns, IServiceProvider services) : IHostedLifecycleService
{
    StartResult? _result;

    public async Task StartAsync(CancellationToken cancellationToken) => _result = await firstStart.RunAsync(cancellationToken);

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (_result is not { Keys: { } keys } || Url() is not { } url) return;
        firstStart.NoteUrl(keys, url);
        var link = await signIns.CreateLinkAsync(_result.ProjectId, Role.Admin, cancellationToken);
        if (_result.AreNew) Console.Write(Describe(keys));
        Console.WriteLine($"Open {SignInApi.LinkTo(url, link)} (works once, within {SignIns.LinkLifetime.TotalMinutes:0} minutes)");
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The first address listened on, as this machine can open it.</summary>
    string? Url() => services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()
        ?.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal).Replace("[::]", "localhost", StringComparison.Ordinal).TrimEnd('/');

    static string Describe(MachineKeys keys) =>
        $"""

        A first project is ready. Its keys, shown once and kept for scripts in keys.json of the data folder:
          project id              {keys.ProjectId}
          Mixpanel token          {keys.Token}
          Amplitude API key       {keys.ApiKey}
          Segment write key       {keys.WriteKey}
          secret                  {keys.ApiSecret}
          service account         {keys.ServiceAccount.Username}
            its secret            {keys.ServiceAccount.Secret}
          admin key               {keys.AdminKey}


        """;
}
