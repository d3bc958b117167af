# Two images from one source: docs/operations/container.md.

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS source
WORKDIR /source
COPY . .

# Built, not published: a publish carries Microsoft's packages or nothing (docs/decisions/0001-local-host.md).
FROM source AS local-build
RUN dotnet build src/Functions/Functions.csproj -c Release

# The whole product in one process; /data holds everything.
FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS one-machine
WORKDIR /app
COPY --from=local-build /source/artifacts/bin/Functions/release .
ENV CAIRN_DATA=/data CAIRN_URLS=http://0.0.0.0:8080
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["dotnet", "Cairn.Functions.dll"]

FROM source AS azure-build
RUN dotnet publish src/Functions/Functions.csproj -c Release -p:AzurePackages=nuget -o /app

# The same app for the Functions host.
FROM mcr.microsoft.com/azure-functions/dotnet-isolated:4-dotnet-isolated10.0 AS functions
ENV AzureWebJobsScriptRoot=/home/site/wwwroot AzureWebJobsDisableHomepage=true
COPY --from=azure-build /app /home/site/wwwroot
