#!/bin/sh
aws configure export-credentials | bedrock-token --credentials - --region eu-central-1
