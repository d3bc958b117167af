using Cairn.Cloud;
using Cairn.Functions;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
// Before the log takes the console, so that no line of it runs into the demo's progress.
if (DemoStartService.IsWanted(builder.Configuration)) builder.Services.AddSingleton(ProgressLine.TakeConsole());
builder.Services.AddCloud(builder.Configuration).AddCairn();
builder.Build().Run();
