using System.Diagnostics;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.House;

/// <summary>What <c>dotnet test Functions.sln</c> takes for a suite: a project that is none fails the whole command.</summary>
public sealed class The_suites
{
    [Theory]
    [InlineData("Behaviour", true)]
    [InlineData("EndToEnd", true)]
    [InlineData("Support", false)]
    [InlineData("Benchmarks", false)]
    public async Task Are_the_projects_that_hold_tests(string project, bool isSuite)
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", RepositoryFolder.Of("tests", project, $"{project}.csproj"), "-nologo", "-getProperty:IsTestProject"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(isSuite ? "true" : "false", said.Trim());
    }
}
