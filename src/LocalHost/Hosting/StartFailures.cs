using System.Net.Sockets;
using System.Reflection;
using Cairn.Storage;

namespace Cairn.LocalHost.Hosting;

/// <summary>What the program itself says when it can't start: one line a person can act on, and an exit code, in place of a stack trace.</summary>
/// <remarks>Only for the program: where tests host the app, faults stay exceptions.</remarks>
static class StartFailures
{
    /// <summary>Exit codes: a start that failed, and a command line that was wrong.</summary>
    const int Failed = 1, WrongUsage = 2;

    const string Usage = """
        Usage: Cairn.Functions [--port N] [--urls URL] [--data FOLDER]
          --port N        where it listens, on 127.0.0.1; 0 to 65535, 0 for any free one (default 7071)
          --urls URL      in place of --port, e.g. http://0.0.0.0:8080
          --data FOLDER   holds everything it keeps (default ./data)
        """;

    static readonly string[] Options = ["--port", "--urls", "--data"];

    /// <summary>Checks the arguments and sees to it that an expected fault ends the program with one line.</summary>
    public static void Watch(string[] arguments, Assembly app)
    {
        if (Assembly.GetEntryAssembly() != app) return;
        if (arguments.Any(argument => argument is "--help" or "-h" or "-?"))
        {
            Console.WriteLine(Usage);
            Environment.Exit(0);
        }
        if (Mistake(arguments) is { } mistake) End(WrongUsage, $"{mistake}\n{Usage}");
        AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
        {
            if (unhandled.ExceptionObject is Exception fault && Sentence(fault) is { } sentence) End(Failed, sentence);
        };
    }

    /// <summary>What is wrong with a command line; null where nothing is.</summary>
    internal static string? Mistake(string[] arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            var name = arguments[i].Split('=')[0];
            if (!Options.Contains(name)) return $"{arguments[i]}: there is no such option.";
            if (arguments[i].Contains('=', StringComparison.Ordinal)) continue;
            if (++i == arguments.Length || arguments[i].StartsWith("--", StringComparison.Ordinal)) return $"{name} needs a value.";
        }
        return null;
    }

    /// <summary>What a person can do about a fault of the surroundings; null for faults of ours, which keep their stack trace.</summary>
    internal static string? Sentence(Exception fault)
    {
        for (var inner = fault; inner is not null; inner = inner.InnerException)
            if (inner is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse or SocketError.AccessDenied or SocketError.AddressNotAvailable })
                return $"Can't listen there: {fault.Message} Choose another with --port.";
        return fault switch
        {
            AggregateException { InnerExceptions: [var only] } => Sentence(only),
            StorageUnavailableException => $"{fault.Message} Choose another with --data.",
            UnauthorizedAccessException or IOException => $"Can't use the data folder: {fault.Message} Choose another with --data.",
            InvalidOperationException when fault.Message.StartsWith("--", StringComparison.Ordinal) => fault.Message,
            _ => null,
        };
    }

    static void End(int exitCode, string sentence)
    {
        Console.Error.WriteLine(sentence);
        Environment.Exit(exitCode);
    }
}
